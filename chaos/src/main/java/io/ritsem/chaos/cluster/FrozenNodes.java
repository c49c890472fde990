package io.ritsem.chaos.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ritsem.chaos.check.Pauses;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Traffic;

/**
 * A node is stopped in the midst of its work and wakes up later, when others have taken over what it had if that was long
 * enough: what it then does nobody believes.
 */
final class FrozenNodes implements UnderTraffic {

    private static final List<Integer> SECONDS = List.of(2, 8, 30, 60);
    private static final int BEFORE_MILLIS = 5_000;
    private static final int SERVES_WITHIN_SECONDS = 25;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "frozen-nodes";
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) {
        Pauses pauses = new Pauses(Traffic.probed());
        List<String> seen = new ArrayList<>();
        for (int seconds : SECONDS) {
            Pause.millis(BEFORE_MILLIS);
            ClusterNode victim = cluster.any();
            long frozen = System.nanoTime();
            ClusterFault.FROZEN.inflict(cluster, victim, 1_000L * seconds);
            FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
            broken.addAll(service.missing());
            double longest = pauses.longest(cluster.calls().attempts(), frozen);
            seen.add(String.format(Locale.ROOT, "%d s: a pause of %.1f s, full service after %.1f s", seconds, longest,
                    service.seconds()));
            if (longest > SERVES_WITHIN_SECONDS) {
                broken.add(String.format(Locale.ROOT,
                        "an entity answered only after %.1f s when a node was frozen for %d s", longest, seconds));
            }
        }
        return String.join("; ", seen);
    }
}

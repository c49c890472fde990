package io.ritsem.chaos.cluster;

import java.util.List;
import java.util.Locale;

import io.ritsem.chaos.check.Pauses;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.ground.Networks;
import io.ritsem.chaos.load.Traffic;

/**
 * A node wakes up that the others have given up meanwhile, and before it finds out, one of them is killed, and its next run
 * reaches nobody else and asks to join: these two must not become a second cluster.
 */
final class GivenUpUnawares implements UnderTraffic {

    private static final int BEFORE_MILLIS = 5_000;
    private static final int GIVEN_UP_AFTER_MILLIS = 16_000;
    private static final int BETWEEN_MILLIS = 1_000;
    private static final int CUT_MILLIS = 25_000;
    private static final int SERVES_WITHIN_SECONDS = 45;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "given-up-unawares";
    }

    @Override public boolean needsNetworks() {
        return true;
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) {
        Networks networks = cluster.networks().orElseThrow();
        ClusterNode first = cluster.nodes().getFirst();
        ClusterNode staying = cluster.nodes().get(1);
        ClusterNode killed = cluster.nodes().getLast();
        Pauses pauses = new Pauses(Traffic.probed());
        Pause.millis(BEFORE_MILLIS);
        long began = System.nanoTime();
        first.process().freeze();
        cluster.diary().note("node %d is frozen".formatted(first.number()));
        Pause.millis(GIVEN_UP_AFTER_MILLIS);
        networks.part(List.of(killed.address().host()), List.of(staying.address().host()));
        killed.process().kill();
        cluster.diary()
                .note("node %d is killed, and will not reach node %d".formatted(killed.number(),
                        staying.number()));
        Pause.millis(BETWEEN_MILLIS);
        first.process().thaw();
        cluster.diary().note("node %d was frozen".formatted(first.number()));
        Pause.millis(CUT_MILLIS);
        networks.heal();
        cluster.diary().note("all reach each other");
        FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
        broken.addAll(service.missing());
        double longest = pauses.longest(cluster.calls().attempts(), began);
        if (longest > SERVES_WITHIN_SECONDS) {
            broken.add(String.format(Locale.ROOT, "an entity answered only after %.1f s", longest));
        }
        return String.format(Locale.ROOT, "a pause of %.1f s, full service %.1f s after the end", longest,
                service.seconds());
    }
}

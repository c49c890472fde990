package io.ritsem.chaos.cluster;

import java.util.List;
import java.util.Locale;

import io.ritsem.chaos.check.Pauses;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Seen;
import io.ritsem.chaos.load.Traffic;

/**
 * A way between nodes, or from one to the database, is cut, and healed later. Who is in the minority stops, the others
 * serve, and when it is over all are one cluster again.
 *
 * @param seconds how long it is cut
 * @param minorityStopsWithin after how many seconds who was cut off acknowledges nothing more; 0 if it need not stop
 */
record Partition(String name, ClusterFault fault, int seconds, int minorityStopsWithin) implements UnderTraffic {

    private static final int BEFORE_MILLIS = 5_000;
    private static final int SERVES_WITHIN_SECONDS = 20;
    private static final int REJOINS_WITHIN_SECONDS = 60;

    @Override public boolean needsNetworks() {
        return true;
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) {
        Pauses pauses = new Pauses(Traffic.probed());
        Pause.millis(BEFORE_MILLIS);
        ClusterNode victim = cluster.any();
        long cut = System.nanoTime();
        fault.inflict(cluster, victim, 1_000L * seconds);
        long healed = System.nanoTime();
        double stopped = lastAcknowledged(cluster, victim, cut, healed);
        FullService.Found service = cluster.service().await(healed, REJOINS_WITHIN_SECONDS);
        broken.addAll(service.missing());
        double longest = pauses.longest(cluster.calls().attempts(), cut);
        if (longest > SERVES_WITHIN_SECONDS) {
            broken.add(String.format(Locale.ROOT, "an entity answered only after %.1f s", longest));
        }
        if (minorityStopsWithin > 0 && stopped > minorityStopsWithin) {
            broken.add(String.format(Locale.ROOT, "node %d acknowledged a write %.1f s after it was cut off",
                    victim.number(), stopped));
        }
        return String.format(Locale.ROOT,
                "a pause of %.1f s, the last acknowledgment by who was cut off after %.1f s, full service %.1f s after the end",
                longest, stopped, service.seconds());
    }

    private static double lastAcknowledged(Cluster cluster, ClusterNode victim, long from, long until) {
        return cluster.sessions()
                .seen()
                .stream()
                .filter(it -> it.source() == Seen.Source.WRITE && it.node().equals(victim.address()))
                .filter(it -> it.toldAt() >= from && it.toldAt() < until)
                .mapToLong(it -> it.toldAt() - from)
                .max()
                .orElse(0) / 1e9;
    }
}

package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
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
record Partition(String name, ClusterFault fault, int seconds, int minorityStopsWithin) implements Scenario {

    private static final int TIMES = 1;
    private static final int BEFORE_MILLIS = 5_000;
    private static final int SERVES_WITHIN_SECONDS = 20;
    private static final int REJOINS_WITHIN_SECONDS = 60;

    @Override public List<Long> seeds(List<Long> asked) {
        return List.of(asked.getFirst());
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        if (Cluster.ground().networks().isEmpty()) {
            return new Verdict.Skipped(run, Cluster.NO_NETWORKS);
        }
        try (Cluster cluster = Cluster.open(run); Traffic traffic = cluster.traffic()) {
            traffic.open();
            long began = System.nanoTime();
            traffic.start();
            List<String> broken = new ArrayList<>();
            List<String> seen = new ArrayList<>();
            for (int time = 0; time < TIMES; time++) {
                Pause.millis(BEFORE_MILLIS);
                seen.add(once(cluster, cluster.any(), broken));
            }
            traffic.stop();
            broken.addAll(cluster.inspect());
            return cluster.verdict(began, String.join("; ", seen), broken);
        }
    }

    private String once(Cluster cluster, ClusterNode victim, List<String> broken) {
        Pauses pauses = new Pauses(Traffic.probed());
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

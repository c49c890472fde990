package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.FrozenDatabase;
import io.ritsem.chaos.fault.KilledDatabase;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Traffic;

/** Whatever can happen to nodes and to their database, one after the other as chance has it, for some minutes. */
final class ClusterMix implements Scenario {

    private static final int SHORTEST_MILLIS = 1_000;
    private static final int LONGEST_MILLIS = 25_000;
    private static final int LONGEST_REST_MILLIS = 15_000;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "cluster-mix";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Cluster cluster = Cluster.open(run); Traffic traffic = cluster.traffic()) {
            traffic.open();
            long began = System.nanoTime();
            long end = began + TimeUnit.MINUTES.toNanos(run.minutes());
            traffic.start();
            List<String> broken = new ArrayList<>();
            int faults = 0;
            while (System.nanoTime() < end) {
                something(cluster);
                Pause.millis(cluster.random().nextInt(LONGEST_REST_MILLIS));
                faults++;
            }
            cluster.diary().note("the last fault is over");
            FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
            broken.addAll(service.missing());
            traffic.stop();
            broken.addAll(cluster.inspect());
            long operations = (long) cluster.calls().attempts().size() + cluster.sessions().seen().size();
            return cluster.verdict(began, String.format(Locale.ROOT,
                    "%d faults, %,d requests; full service %.1f s after the last", faults, operations,
                    service.seconds()),
                    broken);
        }
    }

    private static void something(Cluster cluster) throws SQLException {
        SplittableRandom random = cluster.random();
        List<ClusterFault> possible = Arrays.stream(ClusterFault.values())
                .filter(fault -> cluster.networks().isPresent() || !fault.needsNetworks())
                .toList();
        int what = random.nextInt(possible.size() + 3);
        ClusterNode victim = cluster.any();
        long millis = random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS);
        if (what < possible.size()) {
            possible.get(what).inflict(cluster, victim, millis);
        } else if (what == possible.size()) {
            cluster.diary().note("the database is killed");
            new KilledDatabase().inflict(cluster.databases().getFirst(), random);
        } else if (what == possible.size() + 1) {
            cluster.diary().note("the database is frozen");
            new FrozenDatabase().inflict(cluster.databases().getFirst(), random);
        } else {
            cluster.platform().roll(victim);
        }
    }
}

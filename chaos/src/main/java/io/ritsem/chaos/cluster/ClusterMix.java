package io.ritsem.chaos.cluster;

import java.sql.SQLException;
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
final class ClusterMix implements UnderTraffic {

    private static final int SHORTEST_MILLIS = 1_000;
    private static final int LONGEST_MILLIS = 25_000;
    private static final int LONGEST_REST_MILLIS = 15_000;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "cluster-mix";
    }

    @Override public List<Long> seeds(List<Long> asked) {
        return asked;
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) throws SQLException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(cluster.minutes());
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
        long operations = (long) cluster.calls().attempts().size() + cluster.sessions().seen().size();
        return String.format(Locale.ROOT, "%d faults, %,d requests; full service %.1f s after the last", faults,
                operations, service.seconds());
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

package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.ritsem.chaos.load.Traffic;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;

/** Something that happens to a cluster while {@link Traffic} goes through it. */
interface UnderTraffic extends Scenario {

    /**
     * Lets it happen, and returns when the cluster ought to give full service again.
     *
     * @param traffic it has started; who counts what failed stops it first
     * @param broken to which is added what does not hold beside what never may
     * @return what it measured, in words
     */
    String happen(Cluster cluster, Traffic traffic, List<String> broken) throws IOException, SQLException;

    /** The cluster that it happens to. */
    default Cluster open(Run run) throws IOException, SQLException {
        return Cluster.open(run);
    }

    /** Whether it can happen only where ways can be cut. */
    default boolean needsNetworks() {
        return false;
    }

    @Override default List<Long> seeds(List<Long> asked) {
        return List.of(asked.getFirst());
    }

    @Override default Verdict run(Run run) throws IOException, SQLException {
        if (needsNetworks() && Cluster.ground().networks().isEmpty()) {
            return new Verdict.Skipped(run, Cluster.NO_NETWORKS);
        }
        try (Cluster cluster = open(run); Traffic traffic = cluster.traffic()) {
            traffic.open();
            long began = System.nanoTime();
            traffic.start();
            List<String> broken = new ArrayList<>();
            String seen = happen(cluster, traffic, broken);
            traffic.stop();
            broken.addAll(cluster.inspect());
            return cluster.verdict(began, seen, broken);
        }
    }
}

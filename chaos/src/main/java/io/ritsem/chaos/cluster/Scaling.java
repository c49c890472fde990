package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalInt;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Traffic;
import io.ritsem.chaos.scenario.Run;

/** A node that is alone gets four more, one by one under load, and they go again: clients see pauses, and no error. */
final class Scaling implements UnderTraffic {

    private static final int MOST = 5;
    private static final int BETWEEN_MILLIS = 5_000;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "scaling";
    }

    @Override public Cluster open(Run run) throws IOException, SQLException {
        return Cluster.ofOne(run);
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) throws IOException {
        long began = System.nanoTime();
        while (cluster.nodes().size() < MOST) {
            Pause.millis(BETWEEN_MILLIS);
            cluster.grow();
        }
        Pause.millis(BETWEEN_MILLIS);
        FullService.Found all = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
        broken.addAll(all.missing());
        while (cluster.nodes().size() > 1) {
            int number = cluster.nodes().getLast().number();
            OptionalInt exit = cluster.shrink();
            if (!exit.equals(OptionalInt.of(0))) {
                broken.add("node %d was asked to stop and ended with %s".formatted(number, exit));
            }
            Pause.millis(BETWEEN_MILLIS);
        }
        broken.addAll(cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS).missing());
        traffic.stop();
        return "from 1 node to %d and back, %s".formatted(MOST, RollingRestart.unnoticed(cluster, began, broken));
    }
}

package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Endpoints;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.harness.Address;

/**
 * Three more nodes are started on the database of a cluster that they know nothing of, and clients go to both: nothing is
 * corrupted, and the log names it. Reads of an entity at either may be old meanwhile, which is what the alarm is for.
 */
final class TwoClusters implements Scenario {

    private static final String ALARM = "another cluster";
    private static final int BOTH_MILLIS = 30_000;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "two-clusters";
    }

    @Override public List<Long> seeds(List<Long> asked) {
        return List.of(asked.getFirst());
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Cluster cluster = Cluster.open(run)) {
            Endpoints further = new Endpoints();
            List<String> broken = new ArrayList<>();
            long began = System.nanoTime();
            boolean served;
            try (Others others = new Others(cluster.begin(Cluster.NODES + 1));
                    Platform platform = new Platform(further, cluster.diary())) {
                others.nodes().forEach(platform::take);
                served = isServed(platform, others.nodes());
                if (served) {
                    work(run, cluster, others.nodes().getFirst());
                }
            }
            boolean named = false;
            for (int number = 1; number <= 2 * Cluster.NODES; number++) {
                named |= cluster.said(number).contains(ALARM);
            }
            if (!named) {
                broken.add("no node has said '%s'".formatted(ALARM));
            }
            FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
            broken.addAll(service.missing());
            broken.addAll(settled(run, cluster));
            return cluster.verdict(began, served ? "both clusters served" : "the second cluster did not serve", broken);
        }
    }

    /** The second cluster, that ends before the first is looked at. */
    private record Others(List<ClusterNode> nodes) implements AutoCloseable {
        @Override public void close() {
            nodes.forEach(node -> node.process().kill());
        }
    }

    /** A cluster that refuses to serve beside another one is as good. */
    private static boolean isServed(Platform platform, List<ClusterNode> nodes) {
        try {
            nodes.forEach(platform::awaitReady);
            return true;
        } catch (IllegalStateException notReady) {
            return false;
        }
    }

    private static void work(Run run, Cluster cluster, ClusterNode other) {
        List<Address> both = List.of(cluster.nodes().getFirst().address(), other.address());
        try (Workload load = new Workload(both, cluster.calls(), new Habits(8, 100, 20, 20, 0, 45), run.seed())) {
            load.open();
            load.start();
            Pause.millis(BOTH_MILLIS);
            load.stop();
        }
    }

    /** A deposit at each account meets what conflicts are left; then all must be as the journal says. */
    private static List<String> settled(Run run, Cluster cluster) throws SQLException, IOException {
        Address first = cluster.nodes().getFirst().address();
        try (Workload load = new Workload(List.of(first), cluster.calls(), new Habits(8, 100, 20, 0, 0), run.seed())) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            load.together(load.accounts().stream().map(account -> (Callable<Void>) () -> {
                try (Client client = new Client(first, cluster.calls())) {
                    client.send(Command.deposit(account, "last." + account, 100), until);
                }
                return null;
            }).toList());
        }
        return new Inspection(cluster.url(), first).inspect(cluster.calls(), Set.of());
    }
}

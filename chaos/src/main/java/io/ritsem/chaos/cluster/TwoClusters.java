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
 * Three more nodes are started on the database of a cluster that they know nothing of: they do not form a second one, and say
 * why. One that is told to be alone does, and clients go to both: nothing is corrupted, and the log names it. Reads of an
 * entity at either may be old meanwhile, which is what the alarm is for.
 */
final class TwoClusters implements Scenario {

    private static final String ALARM = "another cluster";
    private static final int FORMING_SECONDS = 30;
    private static final int BOTH_MILLIS = 35_000;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "two-clusters";
    }

    @Override public List<Long> seeds(List<Long> asked) {
        return List.of(asked.getFirst());
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Cluster cluster = Cluster.open(run)) {
            List<String> broken = new ArrayList<>();
            long began = System.nanoTime();
            try (Others others = new Others(cluster.begin(Cluster.NODES + 1, Cluster.NODES))) {
                formNone(cluster, others.nodes(), broken);
            }
            try (Others other = new Others(List.of(cluster.beginAlone(Cluster.NODES + 1)));
                    Platform platform = new Platform(new Endpoints(), cluster.diary())) {
                other.nodes().forEach(platform::take);
                other.nodes().forEach(platform::awaitReady);
                work(run, cluster, other.nodes().getFirst());
            }
            int named = 0;
            for (int number = 1; number <= Cluster.NODES + 1; number++) {
                named += cluster.said(number).contains(ALARM) ? 1 : 0;
            }
            if (named == 0) {
                broken.add("no node has said '%s'".formatted(ALARM));
            }
            FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
            broken.addAll(service.missing());
            broken.addAll(settled(run, cluster));
            return cluster.verdict(began,
                    "three formed no second cluster, one alone served beside the first; the alarm was raised by "
                            + named,
                    broken);
        }
    }

    /** The nodes that do not belong to the cluster, which end before that is looked at. */
    private record Others(List<ClusterNode> nodes) implements AutoCloseable {
        @Override public void close() {
            nodes.forEach(node -> node.process().kill());
        }
    }

    private static void formNone(Cluster cluster, List<ClusterNode> nodes, List<String> broken) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FORMING_SECONDS);
        while (System.nanoTime() < end) {
            for (ClusterNode node : nodes) {
                if (node.isReady()) {
                    broken.add("node %d serves in a second cluster".formatted(node.number()));
                    return;
                }
            }
            Pause.millis(500);
        }
        for (ClusterNode node : nodes) {
            if (cluster.said(node.number()).contains(ALARM)) {
                return;
            }
        }
        broken.add("of the nodes that could not form a second cluster none has said '%s'".formatted(ALARM));
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

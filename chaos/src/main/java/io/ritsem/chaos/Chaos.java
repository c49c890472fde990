package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.ritsem.chaos.fault.FrozenDatabase;
import io.ritsem.chaos.fault.KilledDatabase;
import io.ritsem.chaos.fault.TerminatedBackends;
import io.ritsem.chaos.ground.Ground;

/**
 * Runs scenarios one after the other, prints a row for each and seed, and ends with 1 if one failed (or, where the
 * environment says {@code CI=true}, was skipped), 2 if misused.
 */
public final class Chaos {

    /** The promises of the journal. */
    static final List<Scenario> JOURNAL = List.of(new Outage("database-killed", new KilledDatabase()),
            new Outage("database-frozen", new FrozenDatabase()),
            new Outage("backends-terminated", new TerminatedBackends()), new StaleRow(), new CutAtCommit(),
            new SentTwice(), new TwoOwners(), new LaneHeld(), new NodeKilled(), new RecoveringEntity(),
            TransactionLeftOpen.usual(), TransactionLeftOpen.longer(), new DiskFull());

    /** The promises of the views that several nodes share. */
    static final List<Scenario> PROJECTIONS = List.of(new OwnerStopped(), new OwnerKilled(), new StaleReader(),
            new RebuildUnderLoad(), new PoisonAccount(), new DatabaseCrashed());

    /** The promises of a cluster of three nodes. */
    static final List<Scenario> CLUSTER = List.of(new NodeKills(), new RollingRestart(), new FrozenNodes(),
            new Partition("partition-alone", ClusterFault.ALONE, 60, 25),
            new Partition("partition-unheard", ClusterFault.UNHEARD, 60, 25),
            new Partition("partition-pair", ClusterFault.PAIR, 40, 0),
            new Partition("partition-flapping", ClusterFault.FLAPPING, 30, 0),
            new Partition("partition-database", ClusterFault.WITHOUT_DATABASE, 30, 25), new TwoClusters(),
            new DatabaseFailover(), new ClusterUpgrade(), new ClusterMix());

    private Chaos() {}

    /** {@code <scenario>|journal|projections|cluster|all [--seed N] [--without <guard>] [--minutes N]}. */
    public static void main(String[] arguments) throws IOException, SQLException {
        Orders orders;
        try {
            orders = Orders.of(List.of(arguments), groups());
        } catch (IllegalArgumentException misused) {
            System.err.println("chaos: " + misused.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(orders, new Report(System.out, "true".equals(System.getenv("CI")))));
    }

    private static Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("journal", JOURNAL.stream().map(Scenario::name).toList());
        groups.put("projections", PROJECTIONS.stream().map(Scenario::name).toList());
        groups.put("cluster", CLUSTER.stream().map(Scenario::name).toList());
        return groups;
    }

    private static int run(Orders orders, Report report) throws IOException, SQLException {
        if (CLUSTER.stream().map(Scenario::name).anyMatch(orders.scenarios()::contains)
                && Ground.here().networks().isEmpty()) {
            System.out
                    .println("Nodes at 127.0.0.1 to 3, since networks of their own cannot be had here (they need root, "
                            + "'unshare', 'ip' and 'iptables'): what cuts a way between them is skipped.");
        }
        report.begin();
        for (Scenario scenario : Stream.of(JOURNAL, PROJECTIONS, CLUSTER).flatMap(List::stream).toList()) {
            if (orders.scenarios().contains(scenario.name())) {
                for (long seed : scenario.seeds(orders.seeds())) {
                    report.add(scenario.run(new Run(scenario.name(), seed, orders.without(), orders.minutes())));
                }
            }
        }
        return report.end();
    }
}

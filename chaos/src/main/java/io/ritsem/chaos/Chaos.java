package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

import io.ritsem.chaos.fault.FrozenDatabase;
import io.ritsem.chaos.fault.KilledDatabase;
import io.ritsem.chaos.fault.TerminatedBackends;

/**
 * Runs scenarios one after the other, prints a row for each and seed, and ends with 1 if one failed (or, where the
 * environment says {@code CI=true}, was skipped), 2 if misused.
 */
public final class Chaos {

    /** The promises of the journal; so far, all there are. */
    static final List<Scenario> JOURNAL = List.of(new Outage("database-killed", new KilledDatabase()),
            new Outage("database-frozen", new FrozenDatabase()),
            new Outage("backends-terminated", new TerminatedBackends()), new StaleRow(), new CutAtCommit(),
            new SentTwice(), new TwoOwners(), new LaneHeld(), new NodeKilled(), new RecoveringEntity(),
            TransactionLeftOpen.usual(), TransactionLeftOpen.longer(), new DiskFull());

    private Chaos() {}

    /** {@code <scenario>|journal|all [--seed N] [--without <guard>]}. */
    public static void main(String[] arguments) throws IOException, SQLException {
        Orders orders;
        try {
            orders = Orders.of(List.of(arguments), JOURNAL.stream().map(Scenario::name).toList());
        } catch (IllegalArgumentException misused) {
            System.err.println("chaos: " + misused.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(orders, new Report(System.out, "true".equals(System.getenv("CI")))));
    }

    private static int run(Orders orders, Report report) throws IOException, SQLException {
        report.begin();
        for (Scenario scenario : JOURNAL) {
            if (orders.scenarios().contains(scenario.name())) {
                for (long seed : scenario.seeds(orders.seeds())) {
                    report.add(scenario.run(new Run(scenario.name(), seed, orders.without())));
                }
            }
        }
        return report.end();
    }
}

package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.fault.FrozenDatabase;
import io.ritsem.chaos.fault.KilledDatabase;
import io.ritsem.chaos.fault.TerminatedBackends;

/** Runs scenarios one after the other, prints a row for each and seed, and ends with 1 if one failed, 2 if misused. */
public final class Chaos {

    /** The promises of the journal; so far, all there are. */
    private static final List<Scenario> JOURNAL = List.of(new Outage("database-killed", new KilledDatabase()),
            new Outage("database-frozen", new FrozenDatabase()),
            new Outage("backends-terminated", new TerminatedBackends()), new StaleRow(), new CutAtCommit(),
            new SentTwice(), new TwoOwners(), new LaneHeld(), new NodeKilled(), new RecoveringEntity(),
            new TransactionLeftOpen(), new DiskFull());

    private static final int SHOWN = 5;

    private int passed;
    private int failed;
    private int skipped;

    private Chaos() {}

    /** {@code <scenario>|journal|all [--seed N] [--without <guard>] [--long]}. */
    public static void main(String[] arguments) throws IOException, SQLException {
        Orders orders;
        try {
            orders = Orders.of(List.of(arguments), JOURNAL.stream().map(Scenario::name).toList());
        } catch (IllegalArgumentException misused) {
            System.err.println("chaos: " + misused.getMessage());
            System.exit(2);
            return;
        }
        Chaos chaos = new Chaos();
        chaos.run(orders);
        System.exit(chaos.failed == 0 ? 0 : 1);
    }

    private void run(Orders orders) throws IOException, SQLException {
        say("%-22s %4s %9s %12s %8s %8s %9s %8s  %s", "scenario", "seed", "commands", "acknowledged", "unknown",
                "refused", "outage s", "p99 ms", "");
        for (Scenario scenario : JOURNAL) {
            if (orders.scenarios().contains(scenario.name())) {
                for (long seed : orders.seeds()) {
                    show(scenario.run(new Run(scenario.name(), seed, orders.without(), orders.longer())));
                }
            }
        }
        say("%d passed, %d failed%s", passed, failed, skipped == 0 ? "" : ", " + skipped + " skipped");
    }

    private void show(Verdict verdict) {
        switch (verdict) {
            case Verdict.Ran(Run run, Figures figures, String note, List<String> broken) -> {
                say("%-22s %4d %,9d %,12d %,8d %,8d %9.1f %8.1f  %s: %s", run.scenario(), run.seed(),
                        figures.commands(), figures.acknowledged(), figures.unknown(), figures.refused(),
                        figures.outageSeconds(), figures.p99Millis(), broken.isEmpty() ? "passed" : "FAILED", note);
                List<String> shown = new ArrayList<>(broken.subList(0, Math.min(SHOWN, broken.size())));
                if (broken.size() > SHOWN) {
                    shown.add("and %d more".formatted(broken.size() - SHOWN));
                }
                shown.forEach(line -> say("    %s", line));
                passed += broken.isEmpty() ? 1 : 0;
                failed += broken.isEmpty() ? 0 : 1;
            }
            case Verdict.Skipped(Run run, String reason) -> {
                say("%-22s %4d skipped: %s", run.scenario(), run.seed(), reason);
                skipped++;
            }
        }
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for one line
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}

package io.ritsem.bench;

import java.util.Map;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.DepositLoad.ACCOUNTS;
import static io.ritsem.bench.Report.say;

/**
 * Deposits by 64 callers into the same thousand accounts, beside few other events in the journal and beside many: a hundred
 * events an account.
 */
public final class Growth {

    private static final int CALLERS = 64;
    private static final int EVENTS_EACH = 100;

    private final Options options;
    private final Report report = new Report("growth");

    private Growth(Options options) {
        this.options = options;
    }

    /** Options: {@code --thousand-events 10000 --against 100 --rounds 5 --seconds 15 --warm-up 40}. */
    public static void main(String[] args) throws Exception {
        new Growth(Options.parse(args,
                Map.of("thousand-events", 10_000, "against", 100, "rounds", 5, "seconds", 15, "warm-up", 40))).run();
    }

    private void run() throws Exception {
        if (1_000 * Math.min(options.of("against"), options.of("thousand-events")) < ACCOUNTS * EVENTS_EACH) {
            throw new IllegalArgumentException("Each journal must have 100 thousand events or more: " + options);
        }
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String few = server.createDatabase();
            String many = server.createDatabase();
            report.on(server);
            fill(few, options.of("against"));
            fill(many, options.of("thousand-events"));
            try (NodeProcess first = NodeProcess.start(few, Map.of());
                    NodeProcess second = NodeProcess.start(many, Map.of())) {
                DepositLoad beside = new DepositLoad(first.port(), CALLERS);
                DepositLoad besideMany = new DepositLoad(second.port(), CALLERS);
                Rounds rounds = new Rounds().side("%,d thousand events".formatted(options.of("against")), beside::run)
                        .side("%,d thousand events".formatted(options.of("thousand-events")), besideMany::run);
                rounds.warmUp(options.of("warm-up"));
                var _ = rounds.run(options.of("rounds"), options.of("seconds"), report);
            }
        }
        report.write();
    }

    private static void fill(String database, int thousandEvents) throws Exception {
        say("Storing %,d thousand events", thousandEvents);
        NodeProcess.migrate(database);
        try (BankPast past = new BankPast(database)) {
            past.store(1_000 * thousandEvents, 1_000 * thousandEvents / EVENTS_EACH);
        }
    }
}

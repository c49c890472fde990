package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * The deposit workload on Ritsem and on what else could have been taken, each over HTTP with the same load, against single
 * rows on the same server. All of them are up, as a start in each round would cost each its warm-up; one at a time has
 * something to do. Then the alternatives in their own processes, without HTTP.
 */
public final class Alternatives {

    private final Options options;
    private final int callers;
    private final Report report = new Report("alternatives");

    private Alternatives(Options options) {
        this.options = options;
        this.callers = options.of("callers");
    }

    /** Options: {@code --rounds 3 --seconds 15 --warm-up 40 --callers 64}. */
    public static void main(String[] args) throws Exception {
        new Alternatives(Options.parse(args, Map.of("rounds", 3, "seconds", 15, "warm-up", 40, "callers", 64))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            SingleRows unit = SingleRows.on(server);
            double transactions = overHttp(server, unit);
            for (Alternative alternative : Alternative.values()) {
                inProcess(alternative, server.createDatabase(), transactions);
            }
        }
        report.write();
    }

    // ---- over HTTP -----------------------------------------------------------------------------------------------

    /** Returns the rate of the unit. */
    private double overHttp(EmbeddedDatabase server, SingleRows unit) throws Exception {
        String ritsem = server.createDatabase();
        String akka = server.createDatabase();
        String axon = server.createDatabase();
        try (NodeProcess node = NodeProcess.start(ritsem, Map.of());
                AlternativeProcess akkaNode = AlternativeProcess.serve(Alternative.PLAIN_AKKA, akka);
                AlternativeProcess axonNode = AlternativeProcess.serve(Alternative.AXON, axon)) {
            DepositLoad own = new DepositLoad(node.port(), callers);
            DepositLoad ofAkka = new DepositLoad(akkaNode.port(), callers, "/accounts/", false);
            DepositLoad ofAxon = new DepositLoad(axonNode.port(), callers, "/accounts/", false);
            own.open();
            ofAkka.open();
            ofAxon.open();
            Rounds rounds = new Rounds()
                    .side(unit.by() + ", a row a transaction", seconds -> unit.run(callers, seconds))
                    .side("Ritsem, a key each, two views", seconds -> {
                        Round round = own.run(seconds);
                        BankViews.awaitCaughtUp(node.port());
                        return round;
                    })
                    .side("plain Akka, no keys, no views", ofAkka::run)
                    .side("Axon, no keys, no views", ofAxon::run);
            rounds.warmUp(options.of("warm-up"));
            double transactions = rounds.run(options.of("rounds"), options.of("seconds"), report);
            requireStored(ritsem, "ritsem.event_journal", own.acknowledged());
            requireStored(akka, Alternative.PLAIN_AKKA.table(), ofAkka.acknowledged());
            requireStored(axon, Alternative.AXON.table(), ofAxon.acknowledged());
            return transactions;
        }
    }

    private static void requireStored(String database, String table, long acknowledged) throws SQLException {
        try (StoredPast events = new StoredPast(database)) {
            long stored = events.number("SELECT count(*) FROM " + table);
            if (stored != acknowledged) {
                throw new IllegalStateException("%,d were acknowledged, and %s has %,d".formatted(acknowledged, table,
                        stored));
            }
        }
    }

    // ---- in process ----------------------------------------------------------------------------------------------

    private void inProcess(Alternative alternative, String database, double transactions)
            throws IOException, InterruptedException, SQLException {
        List<Integer> rounds = new ArrayList<>(List.of(options.of("warm-up")));
        rounds.addAll(Collections.nCopies(options.of("rounds"), options.of("seconds")));
        List<String> lines = AlternativeProcess.inProcess(alternative, database, callers, rounds);
        double perSecond = median(lines, "perSecond");
        say("median %-44s %,10.0f %8.2f %9.1f %9.1f", alternative.title() + ", in process", perSecond,
                perSecond / transactions, median(lines, "p50Millis"), median(lines, "p99Millis"));
        report.keep(alternative.folder() + "-in-process-per-second", perSecond);
        report.keep(alternative.folder() + "-in-process-ratio", perSecond / transactions);
        requireStored(database, alternative.table(), (long) figure(lines.getLast(), "acknowledged"));
    }

    /** Without the first round, which warms up. */
    private static double median(List<String> lines, String name) {
        return Report.median(lines.stream().skip(1).map(line -> figure(line, name)).toList());
    }

    private static double figure(String line, String name) {
        Matcher figure = Pattern.compile("\"" + name + "\":([0-9.]+)").matcher(line);
        if (!figure.find()) {
            throw new IllegalStateException("There is no " + name + " in " + line);
        }
        return Double.parseDouble(figure.group(1));
    }
}

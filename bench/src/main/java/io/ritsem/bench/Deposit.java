package io.ritsem.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * The deposit workload over HTTP against {@code pgbench} on the same server, rounds alternating, medians. Prints a table
 * and writes {@code target/deposit.json}.
 */
public final class Deposit {

    private final Options options;
    private final List<Double> unit = new ArrayList<>();
    private final List<DepositLoad.Round> rounds = new ArrayList<>();

    private Deposit(Options options) {
        this.options = options;
    }

    /** Options: {@code --rounds 5 --seconds 15 --warm-up 40 --callers 64}. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        new Deposit(Options.parse(args, Map.of("rounds", 5, "seconds", 15, "warm-up", 40, "callers", 64))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            String databaseOfUnit = server.createDatabase();
            requireDurable(database);
            NodeProcess.migrate(databaseOfUnit);
            withoutTrigger(databaseOfUnit);
            Pgbench pgbench = Pgbench.on(server.port(), nameOf(databaseOfUnit));
            try (NodeProcess node = NodeProcess.start(database, Map.of())) {
                DepositLoad load = new DepositLoad(node.port(), options.of("callers"));
                load.open();
                say("Warming up for %d s", options.of("warm-up"));
                load.run(options.of("warm-up"));
                pgbench.run(options.of("callers"), Math.min(options.of("warm-up"), 10));
                measure(load, pgbench);
                report(load.acknowledged(), count(database));
            }
        }
    }

    private void measure(DepositLoad load, Pgbench pgbench) throws IOException, InterruptedException {
        say("%n round   pgbench /s   Ritsem /s   ratio   p50 ms   p99 ms");
        for (int round = 1; round <= options.of("rounds"); round++) {
            double transactions = pgbench.run(options.of("callers"), options.of("seconds"));
            DepositLoad.Round deposits = load.run(options.of("seconds"));
            unit.add(transactions);
            rounds.add(deposits);
            say("%6d %12.0f %11.0f %7.2f %8.1f %8.1f", round, transactions, deposits.perSecond(),
                    deposits.perSecond() / transactions, deposits.p50(), deposits.p99());
        }
    }

    private void report(long acknowledged, long stored) throws IOException {
        double transactions = Report.median(unit);
        double deposits = Report.median(rounds.stream().map(DepositLoad.Round::perSecond).toList());
        double p50 = Report.median(rounds.stream().map(DepositLoad.Round::p50).toList());
        double p99 = Report.median(rounds.stream().map(DepositLoad.Round::p99).toList());
        say("median %12.0f %11.0f %7.2f %8.1f %8.1f", transactions, deposits, deposits / transactions, p50, p99);
        say("%n%d commands acknowledged, %d events in the journal: %s", acknowledged, stored,
                acknowledged == stored ? "equal" : "NOT EQUAL");
        Path file = Path.of("target", "deposit.json");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, String.format(Locale.ROOT,
                "{\"callers\":%d,\"pgbench\":%.0f,\"ritsem\":%.0f,\"ratio\":%.3f,\"p50Millis\":%.2f,\"p99Millis\":%.2f,"
                        + "\"acknowledged\":%d,\"stored\":%d}%n",
                options.of("callers"), transactions, deposits, deposits / transactions, p50, p99, acknowledged,
                stored));
        say("Written to %s", file);
    }

    private static void requireDurable(String url) throws SQLException {
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            String value = ask(url, "SHOW " + setting);
            say("%s = %s", setting, value);
            if (!value.equals("on")) {
                throw new IllegalStateException("A figure without " + setting + " means nothing");
            }
        }
        say("PostgreSQL %s", ask(url, "SHOW server_version"));
    }

    /** Single rows would pay for it more often than batches do. */
    private static void withoutTrigger(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE ritsem.event_journal DISABLE TRIGGER begin_with_journal");
        }
    }

    private static long count(String url) throws SQLException {
        return Long.parseLong(ask(url, "SELECT count(*) FROM ritsem.event_journal"));
    }

    private static String ask(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("No answer to " + sql);
            }
            return rows.getString(1);
        }
    }

    private static String nameOf(String url) {
        String afterHost = url.substring(url.lastIndexOf('/') + 1);
        int parameters = afterHost.indexOf('?');
        return parameters < 0 ? afterHost : afterHost.substring(0, parameters);
    }
}

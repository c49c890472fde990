package io.ritsem.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * What a deposit costs, by 64 callers and with a key each: transactions, rows, bytes of the write-ahead log, and the time of
 * processors that the node and PostgreSQL take. Once with both views paused, once with them; and what it costs them to catch
 * up with what they have missed.
 */
public final class Cost {

    private static final int CALLERS = 64;

    private final Options options;
    private final Report report = new Report("cost");

    private Cost(Options options) {
        this.options = options;
    }

    /** Options: {@code --seconds 20 --warm-up 40}. */
    public static void main(String[] args) throws Exception {
        new Cost(Options.parse(args, Map.of("seconds", 20, "warm-up", 40))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String database = server.createDatabase();
            try (NodeProcess node = NodeProcess.start(database, Map.of());
                    Counters counters = new Counters(database, node)) {
                DepositLoad load = new DepositLoad(node.port(), CALLERS);
                load.open();
                load.run(options.of("warm-up"));
                say("%n%-28s %12s %12s %10s %14s %12s %12s", "each", "number", "transactions", "rows", "bytes of WAL",
                        "node us", "PostgreSQL us");
                Counted before = counters.now();
                long deposits = load.run(options.of("seconds")).operations();
                print("deposit, with its views", deposits, counters.now().since(before));

                BankViews.act(node.port(), "pause");
                before = counters.now();
                long unseen = load.run(options.of("seconds")).operations();
                print("deposit, views paused", unseen, counters.now().since(before));

                before = counters.now();
                BankViews.act(node.port(), "resume");
                BankViews.awaitCaughtUp(node.port());
                print("update of a view, in bulk", unseen * BankViews.NAMES.size(), counters.now().since(before));
            }
        }
        report.write();
    }

    private void print(String what, long number, Counted all) {
        Counted each = all.by(number);
        say("%-28s %,12d %12.3f %10.3f %14.0f %12.1f %12.1f", what, number, each.transactions(), each.rows(),
                each.logged(),
                each.node(), each.server());
        String key = what.replaceAll("[^a-z]+", "-");
        report.keep(key + "-transactions", each.transactions());
        report.keep(key + "-rows", each.rows());
        report.keep(key + "-wal-bytes", each.logged());
        report.keep(key + "-node-micros", each.node());
        report.keep(key + "-postgresql-micros", each.server());
    }

    /** Numbers, and microseconds of processors. */
    private record Counted(double transactions, double rows, double logged, double node, double server) {

        Counted since(Counted before) {
            return new Counted(transactions - before.transactions, rows - before.rows, logged - before.logged,
                    node - before.node, server - before.server);
        }

        Counted by(long number) {
            return new Counted(transactions / number, rows / number, logged / number, node / number, server / number);
        }
    }

    /** What the server and the system have counted. */
    private static final class Counters implements AutoCloseable {

        private static final String COUNTED = """
                                              SELECT xact_commit + xact_rollback, tup_inserted + tup_updated + tup_deleted,
                                                pg_current_wal_insert_lsn() - '0/0', pg_backend_pid()
                                              FROM pg_stat_database WHERE datname = current_database()""";

        private final Connection connection;
        private final NodeProcess node;

        Counters(String url, NodeProcess node) throws SQLException {
            this.connection = DriverManager.getConnection(url);
            this.node = node;
        }

        /** What has been counted; backends tell it a moment late, so that is waited for. */
        Counted now() throws SQLException, InterruptedException {
            TimeUnit.SECONDS.sleep(1);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(COUNTED)) {
                row.next();
                return new Counted(row.getDouble(1), row.getDouble(2), row.getDouble(3),
                        node.processorTime().toNanos() / 1e3, micros(row.getLong(4)));
            }
        }

        private static double micros(long backend) {
            ProcessHandle server = ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
            return Stream.concat(Stream.of(server), server.descendants())
                    .flatMap(process -> process.info().totalCpuDuration().stream())
                    .mapToDouble(time -> time.toNanos() / 1e3)
                    .sum();
        }

        @Override public void close() throws SQLException {
            connection.close();
        }
    }
}

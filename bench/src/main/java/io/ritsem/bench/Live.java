package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * A view read live by a thousand beside deposits at a rate: whether each of them knows everything in the end, how soon,
 * what it costs the journal's database, and whether the node's memory stays as it is.
 */
public final class Live {

    private static final int ACCOUNTS = 1_000;
    private static final int CALLERS = 32;
    private static final Duration TO_BE_TOLD = Duration.ofSeconds(20);
    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");
    private static final String BODY = "{\"amount\":\"1.00\",\"reference\":\"salary\"}";

    private final Options options;
    private final Report report = new Report("live");
    private final DepositTimes deposits = new DepositTimes();

    private Live(Options options) {
        this.options = options;
    }

    /** Options: {@code --clients 1000 --of-all-rows 10 --rate 1000 --seconds 60 --warm-up 30}. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        new Live(Options.parse(args,
                Map.of("clients", 1_000, "of-all-rows", 10, "rate", 1_000, "seconds", 60, "warm-up", 30))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String url = server.createDatabase();
            try (NodeProcess node = NodeProcess.start(url, Map.of()); StoredPast database = new StoredPast(url)) {
                DepositLoad load = new DepositLoad(node.port(), CALLERS);
                load.open();
                load.run(options.of("warm-up"));
                say("%-22s %12s %10s %10s %16s", "", "deposits/s", "p50 ms", "p99 ms", "transactions/s");
                deposit(node.port(), options.of("seconds") / 3, database, "nobody reads");
                try (LiveClients clients = new LiveClients(node.port(), deposits)) {
                    clients.join(paths());
                    long before = node.liveBytes();
                    deposit(node.port(), options.of("seconds"), database, "%,d read".formatted(options.of("clients")));
                    told(clients, node, before);
                }
            }
        }
        report.write();
    }

    /** All but a few read a row each, in turns; the few read all rows. */
    private List<String> paths() {
        int ofAllRows = options.of("of-all-rows");
        return Stream.concat(
                IntStream.range(0, options.of("clients") - ofAllRows)
                        .mapToObj(i -> "/api/views/balances/" + i % ACCOUNTS),
                IntStream.range(0, ofAllRows).mapToObj(_ -> "/api/views/balances?balance.gte=0")).toList();
    }

    private void deposit(int port, int seconds, StoredPast database, String name)
            throws InterruptedException, SQLException {
        Latencies latencies = new Latencies();
        long transactions = transactions(database);
        long started = System.nanoTime();
        long end = started + TimeUnit.SECONDS.toNanos(seconds);
        var _ = Callers.together(CALLERS, seconds + 60, caller -> {
            latencies.add(paced(port, caller, end));
            return caller;
        });
        double elapsed = (System.nanoTime() - started) / 1e9;
        double perSecond = (transactions(database) - transactions) / elapsed;
        say("%-22s %,12.0f %10.1f %10.1f %,16.0f", name, latencies.count() / elapsed, latencies.percentile(0.5),
                latencies.percentile(0.99), perSecond);
        report.keep(name.replaceAll("[^a-z]+", "") + "-transactions", perSecond);
    }

    private long[] paced(int port, int number, long end) throws IOException {
        SplittableRandom random = new SplittableRandom();
        long between = TimeUnit.SECONDS.toNanos(CALLERS) / options.of("rate");
        long[] nanos = new long[1 << 20];
        int count = 0;
        try (HttpCaller caller = new HttpCaller(port)) {
            for (long due = System.nanoTime() + between * number / CALLERS; due < end; due += between) {
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                String account = Integer.toString(random.nextInt(ACCOUNTS));
                long sent = System.nanoTime();
                HttpCaller.Answer answer = caller.post("/api/entities/account/" + account + "/deposit", "", BODY);
                nanos[count++] = System.nanoTime() - sent;
                deposits.acknowledged(account, version(answer));
            }
        }
        return Arrays.copyOf(nanos, count);
    }

    private static long version(HttpCaller.Answer answer) {
        Matcher version = VERSION.matcher(answer.body());
        if (answer.status() != 200 || !version.find()) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return Long.parseLong(version.group(1));
    }

    /** What the database has begun and ended, but for the looks of the server itself. */
    private static long transactions(StoredPast database) throws SQLException {
        return database
                .number("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()");
    }

    private void told(LiveClients clients, NodeProcess node, long before) throws InterruptedException {
        long end = System.nanoTime() + TO_BE_TOLD.toNanos();
        while (clients.missing().rows() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        LiveClients.Missing missing = clients.missing();
        Latencies delays = clients.delays();
        say("%n told of %,d rows, after p50 %.1f ms, p99 %.1f ms, most %.1f ms", clients.told(),
                delays.percentile(0.5), delays.percentile(0.99), delays.percentile(1));
        say(" %d of %,d rows known are not the last; %d went back; %d clients sent away, %d begun anew", missing.rows(),
                missing.of(), clients.wentBack(), clients.ended(), clients.begunAnew());
        long after = node.liveBytes();
        say(" live heap of the node: %.1f MB when all had joined, %.1f MB after", before / 1e6, after / 1e6);
        report.keep("told", (double) clients.told());
        report.keep("toldP50Millis", delays.percentile(0.5));
        report.keep("toldP99Millis", delays.percentile(0.99));
        report.keep("missing", missing.rows());
        report.keep("sentAway", clients.ended());
        report.keep("liveMegabytesBefore", before / 1e6);
        report.keep("liveMegabytesAfter", after / 1e6);
    }
}

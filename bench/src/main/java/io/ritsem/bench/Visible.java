package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * How long it takes from the acknowledgement of a deposit until a view shows it: when nothing else happens, and beside half
 * as many deposits as the node can take. Measured by a read with the deposit's token, so it includes a read.
 */
public final class Visible {

    private static final int CALLERS = 64;
    private static final int PROBES = 2;
    private static final long BETWEEN_PROBES = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long WHEN_IDLE = TimeUnit.MILLISECONDS.toNanos(700);

    private final Options options;
    private final Report report = new Report("visible");

    private Visible(Options options) {
        this.options = options;
    }

    /** Options: {@code --seconds 15 --rounds 3}. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        new Visible(Options.parse(args, Map.of("seconds", 15, "rounds", 3))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        int seconds = options.of("seconds");
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                NodeProcess node = NodeProcess.start(server.createDatabase(), Map.of())) {
            report.on(server);
            DepositLoad load = new DepositLoad(node.port(), CALLERS);
            load.open();
            load.run(3 * seconds);
            say("%-18s %10s %8s %18s %10s %10s", "", "deposits/s", "times", "shown by", "p50 ms", "p99 ms");
            for (int round = 0; round < options.of("rounds"); round++) {
                probe(node.port(), "idle", 0, seconds, WHEN_IDLE);
                double peak = load.run(seconds).perSecond();
                say("%-18s %,10.0f", "peak", peak);
                probe(node.port(), "half of the peak", peak / 2, seconds, BETWEEN_PROBES);
            }
        }
        report.write();
    }

    /** Deposits at a rate by many, and looks by a few who deposit, too. */
    private void probe(int port, String name, double rate, int seconds, long pause) throws InterruptedException {
        Latencies balances = new Latencies();
        Latencies turnover = new Latencies();
        Latencies beside = new Latencies();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int load = rate == 0 ? 0 : CALLERS;
        int deposits = Callers.together(load + PROBES, seconds + 60, caller -> caller < load
                ? paced(port, caller, rate / load, end, beside)
                : look(port, caller, pause, end, caller % 2 == 0 ? balances : turnover))
                .stream()
                .mapToInt(Integer::intValue)
                .sum();
        row(name, (double) deposits / seconds, "balances", balances);
        row(name, (double) deposits / seconds, "turnover", turnover);
        if (load > 0) {
            row(name, (double) deposits / seconds, "a deposit itself", beside);
        }
    }

    private void row(String name, double perSecond, String view, Latencies shown) {
        say("%-18s %,10.0f %,8d %18s %10.1f %10.1f", name, perSecond, shown.count(), view, shown.percentile(0.5),
                shown.percentile(0.99));
        report.keep((name + '-' + view).replace(' ', '-') + "-p50", shown.percentile(0.5));
        report.keep((name + '-' + view).replace(' ', '-') + "-p99", shown.percentile(0.99));
    }

    private static int paced(int port, int account, double perSecond, long end, Latencies taken) throws IOException {
        long[] nanos = new long[100_000];
        long between = (long) (1e9 / perSecond);
        long due = System.nanoTime() + between * account / CALLERS;
        int deposits = 0;
        try (HttpCaller caller = new HttpCaller(port)) {
            for (; due < end; due += between) {
                pauseUntil(due);
                long sent = System.nanoTime();
                deposit(caller, account, "paced");
                nanos[deposits++] = System.nanoTime() - sent;
            }
        }
        taken.add(Arrays.copyOf(nanos, deposits));
        return deposits;
    }

    private static int look(int port, int account, long pause, long end, Latencies shown) throws IOException {
        long[] nanos = new long[100_000];
        int looks = 0;
        try (HttpCaller caller = new HttpCaller(port)) {
            for (long due = System.nanoTime(); due < end; due += pause) {
                pauseUntil(due);
                String reference = "seen-" + System.nanoTime();
                String token = deposit(caller, account, reference).header("Consistency-Token");
                long acknowledged = System.nanoTime();
                String view = account % 2 == 0 ? "balances/" + account : "turnover?reference=" + reference;
                expect(caller.get("/api/views/" + view, "Consistency-Token: " + token + "\r\n"));
                nanos[looks++] = System.nanoTime() - acknowledged;
            }
        }
        shown.add(Arrays.copyOf(nanos, looks));
        return looks;
    }

    private static HttpCaller.Answer deposit(HttpCaller caller, int account, String reference) throws IOException {
        return expect(caller.post("/api/entities/account/" + account + "/deposit", "",
                "{\"amount\":\"1.00\",\"reference\":\"%s\"}".formatted(reference)));
    }

    private static void pauseUntil(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static HttpCaller.Answer expect(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return answer;
    }
}

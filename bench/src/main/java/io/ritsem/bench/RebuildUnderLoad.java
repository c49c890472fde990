package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * A view rebuilt beside the one that serves, at a rate, while 64 callers deposit and a reader polls a row 20 times a second
 * before, during and after the switch.
 */
public final class RebuildUnderLoad {

    private static final int ACCOUNTS = 1_000;
    private static final int CALLERS = 64;
    private static final long BETWEEN_POLLS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String ADMIN = "/api/admin/projections/balances";
    private static final Pattern VERSION = Pattern.compile("\"version\":(\\d+)");

    private final Options options;
    private final Report report = new Report("rebuild-under-load");

    private RebuildUnderLoad(Options options) {
        this.options = options;
    }

    /** Options: {@code --thousand-events 1000 --rate 25000 --seconds 10 --rounds 3}. */
    public static void main(String[] args)
            throws IOException, SQLException, InterruptedException, ExecutionException, TimeoutException {
        new RebuildUnderLoad(Options.parse(args,
                Map.of("thousand-events", 1_000, "rate", 25_000, "seconds", 10, "rounds", 3))).run();
    }

    private void run() throws IOException, SQLException, InterruptedException, ExecutionException, TimeoutException {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String url = server.createDatabase();
            NodeProcess.migrate(url);
            try (BankPast past = new BankPast(url)) {
                past.store(1_000 * options.of("thousand-events"), ACCOUNTS);
            }
            try (NodeProcess node = NodeProcess.start(url, Map.of())) {
                DepositLoad load = new DepositLoad(node.port(), CALLERS);
                load.run(3 * options.of("seconds"));
                say("%8s %14s %14s %8s %12s %8s %8s %8s", "", "commands/s", "meanwhile", "ratio", "rebuild/s", "polls",
                        "errors", "back");
                for (int round = 1; round <= options.of("rounds"); round++) {
                    measure(node.port(), load, round);
                }
            }
        }
        report.write();
    }

    private void measure(int port, DepositLoad load, int round)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        double alone = load.run(options.of("seconds")).perSecond();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Polled> polling = CompletableFuture.supplyAsync(() -> poll(port, stop));
        try (HttpCaller operator = new HttpCaller(port)) {
            String body = "{\"reason\":\"a benchmark\",\"eventsPerSecond\":%d}".formatted(options.of("rate"));
            expect(operator.post(ADMIN + "/rebuild", "", body));
            long started = System.nanoTime();
            double before = events(operator);
            double meanwhile = load.run(options.of("seconds")).perSecond();
            double built = (events(operator) - before) / ((System.nanoTime() - started) / 1e9);
            expect(operator.post(ADMIN + "/throttle", "", "{\"reason\":\"a benchmark\",\"eventsPerSecond\":0}"));
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            while (operator.get(ADMIN, "").body().contains("\"state\":\"building\"")) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("The view was not built within 5 minutes");
                }
                load.run(1);
            }
            load.run(2);
            stop.set(true);
            Polled polled = polling.get(30, TimeUnit.SECONDS);
            say("%8d %,14.0f %,14.0f %8.2f %,12.0f %,8d %8d %8d", round, alone, meanwhile, meanwhile / alone, built,
                    polled.polls(), polled.errors(), polled.back());
            report.keep("ratio-" + round, meanwhile / alone);
            report.keep("rebuild-" + round, built);
        }
    }

    /** @param back how often an older row was read than before */
    private record Polled(int polls, int errors, int back) {}

    private static Polled poll(int port, AtomicBoolean stop) {
        int polls = 0;
        int errors = 0;
        int back = 0;
        long latest = 0;
        try (HttpCaller caller = new HttpCaller(port)) {
            for (long due = System.nanoTime(); !stop.get(); due += BETWEEN_POLLS) {
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                HttpCaller.Answer answer = caller.get("/api/views/balances/1", "");
                Matcher version = VERSION.matcher(answer.body());
                polls++;
                if (answer.status() != 200 || !version.find()) {
                    errors++;
                } else {
                    long read = Long.parseLong(version.group(1));
                    back += read < latest ? 1 : 0;
                    latest = read;
                }
            }
        } catch (IOException broken) {
            errors++;
        }
        return new Polled(polls, errors, back);
    }

    /** How many events the generation that is being built has passed. */
    private static double events(HttpCaller operator) throws IOException {
        Matcher events = Pattern.compile("\"build\":\\{\"events\":(\\d+)")
                .matcher(expect(operator.get(ADMIN, "")).body());
        if (!events.find()) {
            throw new IllegalStateException("Nothing is being built any more: take more events, or a lower rate");
        }
        return Double.parseDouble(events.group(1));
    }

    private static HttpCaller.Answer expect(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return answer;
    }
}

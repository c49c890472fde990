package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * One account with many callers, a key on every command: what others notice of it, whether it stays as quick as it was,
 * what its keys cost in memory, how soon it is back when its node was killed, and whether its old keys are still spent.
 */
public final class HotEntity {

    private static final int OTHERS = 50;
    private static final int SAMPLE = 1_000;
    private static final Duration TO_COME_BACK = Duration.ofMinutes(2);
    private static final String BODY = "{\"amount\":\"1.00\",\"reference\":\"salary\"}";

    private final Options options;
    private final int commands;
    private final int callers;
    private final Report report = new Report("hot-entity");
    private final AtomicInteger keys = new AtomicInteger();
    private final Map<Integer, String> answers = new ConcurrentHashMap<>();

    private HotEntity(Options options) {
        this.options = options;
        this.commands = options.of("commands");
        this.callers = options.of("callers");
    }

    /** Options: {@code --commands 300000 --callers 64 --warm-up 40 --rounds 3 --seconds 10}. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        new HotEntity(Options.parse(args,
                Map.of("commands", 300_000, "callers", 64, "warm-up", 40, "rounds", 3, "seconds", 10))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String database = server.createDatabase();
            try (NodeProcess node = NodeProcess.start(database, Map.of());
                    StoredPast journal = new StoredPast(database)) {
                DepositLoad load = new DepositLoad(node.port(), callers);
                load.open();
                say("Warming up for %d s", options.of("warm-up"));
                var _ = load.run(options.of("warm-up"));
                fairness(node.port());
                heat(node);
                comeBack(node, journal);
            }
        }
        report.write();
    }

    // ---- what others notice --------------------------------------------------------------------------------------

    private void fairness(int port) throws InterruptedException, IOException {
        List<Latencies> alone = new ArrayList<>();
        List<Latencies> besideMany = new ArrayList<>();
        List<Latencies> besideHot = new ArrayList<>();
        for (int round = 0; round < options.of("rounds"); round++) {
            alone.add(others(port, 0, _ -> ""));
            besideMany.add(others(port, callers, caller -> Integer.toString(OTHERS + caller)));
            besideHot.add(others(port, callers, _ -> "999"));
        }
        say("%n %d accounts, each a command at a time     /s   p50 ms   p99 ms", OTHERS);
        row("alone", "alone", alone);
        row("beside %d callers of %1$d others".formatted(callers), "besideMany", besideMany);
        row("beside %d callers of one".formatted(callers), "besideHot", besideHot);
    }

    private void row(String what, String name, List<Latencies> rounds) {
        double rate = Report.median(rounds.stream().map(round -> (double) round.count()).toList())
                / options.of("seconds");
        double p50 = Report.median(rounds.stream().map(round -> round.percentile(0.5)).toList());
        double p99 = Report.median(rounds.stream().map(round -> round.percentile(0.99)).toList());
        say(" %-34s %9.0f %8.1f %8.1f", what, rate, p50, p99);
        report.keep(name + "P50Millis", p50);
        report.keep(name + "P99Millis", p99);
    }

    /** What the first accounts see while callers are busy at others. */
    private Latencies others(int port, int beside, IntFunction<String> accountOf) throws InterruptedException {
        Latencies seen = new Latencies();
        long end = System.nanoTime() + options.of("seconds") * 1_000_000_000L;
        var _ = Callers.together(OTHERS + beside, options.of("seconds") + 60, caller -> {
            boolean other = caller < OTHERS;
            long[] nanos = deposits(port, other ? Integer.toString(caller) : accountOf.apply(caller - OTHERS), end);
            if (other) {
                seen.add(nanos);
            }
            return caller;
        });
        return seen;
    }

    private long[] deposits(int port, String account, long end) throws IOException {
        long[] nanos = new long[1 << 16];
        int count = 0;
        try (HttpCaller caller = new HttpCaller(port)) {
            for (long sent = System.nanoTime(); sent < end; sent = System.nanoTime()) {
                var _ = expect200(caller.post("/api/entities/account/" + account + "/deposit",
                        "Idempotency-Key: fair-" + keys.incrementAndGet() + "\r\n", BODY));
                nanos[count++] = System.nanoTime() - sent;
            }
        }
        return Arrays.copyOf(nanos, count);
    }

    // ---- the hot one ---------------------------------------------------------------------------------------------

    private void heat(NodeProcess node) throws InterruptedException, IOException {
        try (HttpCaller caller = new HttpCaller(node.port())) {
            var _ = expect200(
                    caller.post("/api/entities/account/hot/open", "", "{\"owner\":\"o\",\"overdraft\":\"0\"}"));
        }
        long before = node.liveBytes();
        long[] done = new long[commands];
        AtomicInteger next = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        long started = System.nanoTime();
        var _ = Callers.together(callers, 600, _ -> {
            try (HttpCaller caller = new HttpCaller(node.port())) {
                for (int key = next.getAndIncrement(); key < commands; key = next.getAndIncrement()) {
                    HttpCaller.Answer answer = expect200(deposit(caller, key));
                    done[finished.getAndIncrement()] = System.nanoTime();
                    if (isInSample(key)) {
                        answers.put(key, answer.body());
                    }
                }
            }
            return next;
        });
        Arrays.sort(done);
        say("%n %,d keyed commands for one account, %d callers%n tenth       /s", commands, callers);
        int tenthOfAll = commands / 10;
        for (int tenth = 0; tenth < 10; tenth++) {
            long from = tenth == 0 ? started : done[tenth * tenthOfAll - 1];
            double rate = tenthOfAll / ((done[(tenth + 1) * tenthOfAll - 1] - from) / 1e9);
            say(" %5d %,8.0f", tenth + 1, rate);
            report.keep("tenth" + (tenth + 1) + "PerSecond", rate);
        }
        long after = node.liveBytes();
        say(" live heap of the node: %.1f MB before, %.1f MB after, %d bytes a key", before / 1e6, after / 1e6,
                (after - before) / commands);
        report.keep("liveMegabytesBefore", before / 1e6);
        report.keep("liveMegabytesAfter", after / 1e6);
    }

    private boolean isInSample(int key) {
        return key % Math.max(1, commands / SAMPLE) == 0;
    }

    private static HttpCaller.Answer deposit(HttpCaller caller, int key) throws IOException {
        return caller.post("/api/entities/account/hot/deposit", "Idempotency-Key: hot-" + key + "\r\n", BODY);
    }

    // ---- afterwards ----------------------------------------------------------------------------------------------

    private void comeBack(NodeProcess node, StoredPast journal) throws IOException, SQLException {
        long stored = stored(journal);
        node.kill();
        long started = System.nanoTime();
        node.startAgain();
        double ready = (System.nanoTime() - started) / 1e9;
        try (HttpCaller caller = new HttpCaller(node.port())) {
            long asked = System.nanoTime();
            HttpCaller.Answer answer = caller.get("/api/entities/account/hot", "");
            while (answer.status() == 503 && System.nanoTime() - asked < TO_COME_BACK.toNanos()) {
                answer = caller.get("/api/entities/account/hot", "");
            }
            double back = (System.nanoTime() - asked) / 1e9;
            var _ = expect200(answer);
            say("%n Killed and started: ready after %.1f s, and the account answers %.2f s later", ready, back);
            report.keep("readySeconds", ready);
            report.keep("answersSecondsLater", back);
            sendAgain(caller);
        }
        long more = stored(journal) - stored;
        say(" events stored by that: %d", more);
        report.keep("storedAgain", (double) more);
    }

    private void sendAgain(HttpCaller caller) throws IOException {
        int same = 0;
        for (Map.Entry<Integer, String> first : answers.entrySet()) {
            HttpCaller.Answer again = expect200(deposit(caller, first.getKey()));
            if (again.body().equals(first.getValue()) && "true".equals(again.header("Idempotency-Replayed"))) {
                same++;
            }
        }
        say(" %,d old keys sent again: %,d got the first answer, as a replay", answers.size(), same);
        report.keep("sentAgain", answers.size());
        report.keep("replayed", same);
    }

    private static long stored(StoredPast journal) throws SQLException {
        return journal.number("SELECT count(*) FROM ritsem.event_journal WHERE persistence_id = 'account|hot'");
    }

    private static HttpCaller.Answer expect200(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return answer;
    }
}

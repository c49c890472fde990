package io.ritsem.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;

/**
 * The deposit workload: callers that each deposit into a random account, wait for the answer, and go on; every command
 * has an idempotency key of its own. Not thread-safe: one round at a time.
 */
final class DepositLoad {

    private static final int ACCOUNTS = 1_000;
    private static final int REFERENCE_LENGTH = 140;
    private static final List<String> BODIES = Stream.of("cash-in", "salary", "interest", "transfer-in")
            .map(reference -> reference + "-".repeat(REFERENCE_LENGTH - reference.length()))
            .map("{\"amount\":\"1.00\",\"reference\":\"%s\"}"::formatted)
            .toList();

    private final int port;
    private final int callers;
    private final AtomicLong keys = new AtomicLong();
    private long acknowledged;

    DepositLoad(int port, int callers) {
        this.port = port;
        this.callers = callers;
    }

    /** What a round gave. */
    record Round(int operations, double perSecond, double p50, double p99) {}

    /** Opens the accounts. */
    void open() throws IOException {
        try (HttpCaller caller = new HttpCaller(port)) {
            for (int account = 0; account < ACCOUNTS; account++) {
                expect(200, caller.post("/api/entities/account/" + account + "/open",
                        "Idempotency-Key: open\r\n",
                        "{\"owner\":\"owner-%d\",\"overdraft\":\"0\"}".formatted(account)));
                acknowledged++;
            }
        }
    }

    /** Runs for a while. */
    Round run(int seconds) throws InterruptedException {
        Latencies latencies = new Latencies();
        long started = System.nanoTime();
        long end = started + TimeUnit.SECONDS.toNanos(seconds);
        var _ = Callers.together(callers, seconds + 60, caller -> {
            latencies.add(deposit(end));
            return caller;
        });
        double elapsed = (System.nanoTime() - started) / 1e9;
        acknowledged += latencies.count();
        return new Round(latencies.count(), latencies.count() / elapsed, latencies.percentile(0.5),
                latencies.percentile(0.99));
    }

    private long[] deposit(long end) throws IOException {
        SplittableRandom random = new SplittableRandom();
        long[] nanos = new long[1 << 10];
        int count = 0;
        try (HttpCaller caller = new HttpCaller(port)) {
            while (System.nanoTime() < end) {
                String body = BODIES.get(random.nextInt(BODIES.size()));
                long sent = System.nanoTime();
                expect(200, caller.post("/api/entities/account/" + random.nextInt(ACCOUNTS) + "/deposit",
                        "Idempotency-Key: deposit-" + keys.incrementAndGet() + "\r\n", body));
                if (count == nanos.length) {
                    nanos = Arrays.copyOf(nanos, 2 * count);
                }
                nanos[count++] = System.nanoTime() - sent;
            }
        }
        return Arrays.copyOf(nanos, count);
    }

    /** How many commands were acknowledged in all, each with one event. */
    long acknowledged() {
        return acknowledged;
    }

    private static void expect(int status, HttpCaller.Answer answer) {
        if (answer.status() != status) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
    }
}

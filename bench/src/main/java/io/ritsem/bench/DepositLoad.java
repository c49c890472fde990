package io.ritsem.bench;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.ritsem.harness.HttpCaller;

/**
 * The deposit workload: callers that each deposit into a random account, wait for the answer, and go on; every command
 * has an idempotency key of its own. Not thread-safe: one round at a time.
 */
final class DepositLoad {

    static final int ACCOUNTS = 1_000;

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

    /** What is deposited: an event of some 200 bytes. */
    static String body(SplittableRandom random) {
        return BODIES.get(random.nextInt(BODIES.size()));
    }

    /** Opens the accounts. */
    void open() throws IOException {
        try (HttpCaller caller = new HttpCaller(port)) {
            for (int account = 0; account < ACCOUNTS; account++) {
                var _ = expect200(caller.post("/api/entities/account/" + account + "/open",
                        "Idempotency-Key: open\r\n",
                        "{\"owner\":\"owner-%d\",\"overdraft\":\"0\"}".formatted(account)));
                acknowledged++;
            }
        }
    }

    /** Runs for a while. */
    Round run(int seconds) throws InterruptedException {
        return run(callers, seconds);
    }

    /** The same with another number of callers. */
    Round run(int callers, int seconds) throws InterruptedException {
        return counted(Load.http(port, callers, seconds, (caller, random) -> deposit(caller, random,
                "Idempotency-Key: deposit-" + keys.incrementAndGet() + "\r\n")));
    }

    /** Without keys. */
    Round runWithoutKeys(int seconds) throws InterruptedException {
        return counted(Load.http(port, callers, seconds, (caller, random) -> deposit(caller, random, "")));
    }

    private Round counted(Round round) {
        acknowledged += round.operations();
        return round;
    }

    private static int deposit(HttpCaller caller, SplittableRandom random, String key) throws IOException {
        var _ = expect200(
                caller.post("/api/entities/account/" + random.nextInt(ACCOUNTS) + "/deposit", key, body(random)));
        return 1;
    }

    /** How many commands were acknowledged in all, each with one event. */
    long acknowledged() {
        return acknowledged;
    }

    static HttpCaller.Answer expect200(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return answer;
    }
}

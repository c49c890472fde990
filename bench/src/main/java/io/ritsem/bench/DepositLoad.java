package io.ritsem.bench;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/**
 * The deposit workload: callers that each deposit into a random account, wait for the answer, and go on; every command
 * has an idempotency key of its own, where there are keys. Not thread-safe: one round at a time.
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
    private final String accounts;
    private final boolean keyed;
    private final AtomicLong keys = new AtomicLong();
    private long acknowledged;

    DepositLoad(int port, int callers) {
        this(port, callers, "/api/entities/account/", true);
    }

    /**
     * On another API that takes the same bodies.
     *
     * @param accounts the path before an account's name
     * @param keyed whether a command has an idempotency key
     */
    DepositLoad(int port, int callers, String accounts, boolean keyed) {
        this.port = port;
        this.callers = callers;
        this.accounts = accounts;
        this.keyed = keyed;
    }

    /** What is deposited: an event of some 200 bytes. */
    static String body(SplittableRandom random) {
        return BODIES.get(random.nextInt(BODIES.size()));
    }

    /** Opens the accounts. */
    void open() throws IOException {
        try (HttpCaller caller = new HttpCaller(port)) {
            for (int account = 0; account < ACCOUNTS; account++) {
                var _ = expect200(caller.post(accounts + account + "/open",
                        key(keyed, "open"),
                        "{\"owner\":\"owner-%d\",\"overdraft\":\"0\"}".formatted(account)));
                acknowledged++;
            }
        }
    }

    /** Runs for a while. */
    Round run(int seconds) {
        return run(callers, seconds, keyed);
    }

    /** The same with another number of callers, with keys or without. */
    Round run(int callers, int seconds, boolean keyed) {
        Round round = HttpLoad.run(_ -> Address.loopback(port), callers, seconds,
                (node, random) -> deposit(node, random, keyed));
        acknowledged += round.operations();
        return round;
    }

    private byte[] deposit(Address node, SplittableRandom random, boolean keyed) {
        return HttpCaller.postTo(node, accounts + random.nextInt(ACCOUNTS) + "/deposit",
                key(keyed, "deposit-" + keys.incrementAndGet()), body(random));
    }

    private static String key(boolean keyed, String key) {
        return keyed ? "Idempotency-Key: " + key + "\r\n" : "";
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

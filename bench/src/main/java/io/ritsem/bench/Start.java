package io.ritsem.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.DepositLoad.ACCOUNTS;
import static io.ritsem.bench.DepositLoad.expect200;
import static io.ritsem.bench.Report.say;

/**
 * From the start of a process until its node is ready, and then deposits by 64 callers for a minute: what each second gives,
 * of the rate at which the minute ends. All accounts are cold, with up to 2,000 events and their snapshots.
 */
public final class Start {

    private static final int CALLERS = 64;
    private static final int MOST_EVENTS = 2_000;
    private static final int SNAPSHOT_EVERY = 200;
    private static final int STEADY = 20;

    private final int rounds;
    private final int seconds;
    private final Report report = new Report("start");

    private Start(Options options) {
        this.rounds = options.of("rounds");
        this.seconds = Math.max(2 * STEADY, options.of("seconds"));
    }

    /** Options: {@code --rounds 3 --seconds 60}. */
    public static void main(String[] args) throws Exception {
        new Start(Options.parse(args, Map.of("rounds", 3, "seconds", 60))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            report.on(server);
            NodeProcess.migrate(database);
            fill(database);
            List<Double> ready = new ArrayList<>();
            List<int[]> given = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                long started = System.nanoTime();
                try (NodeProcess node = NodeProcess.start(database, Map.of(), ProcessBuilder.Redirect.DISCARD)) {
                    ready.add((System.nanoTime() - started) / 1e9);
                    given.add(minute(node.port(), round));
                }
            }
            print(ready, given);
        }
        report.write();
    }

    /** Of each account as many events as make a snapshot due with the next, by SQL; that one, and some more, by a node. */
    private static void fill(String database) throws Exception {
        say("Storing accounts of up to %,d events", MOST_EVENTS);
        try (StoredPast past = new StoredPast(database)) {
            for (int account = 0; account < ACCOUNTS; account++) {
                past.account(Integer.toString(account),
                        SNAPSHOT_EVERY * (1 + account % (MOST_EVENTS / SNAPSHOT_EVERY)) - 1);
            }
            past.settle();
        }
        try (NodeProcess node = NodeProcess.start(database, Map.of()); Bulk bulk = new Bulk(node.port())) {
            SplittableRandom random = new SplittableRandom();
            for (int turn = 0; turn < SNAPSHOT_EVERY / 2; turn++) {
                int now = turn;
                var _ = bulk.send(IntStream.range(0, ACCOUNTS)
                        .mapToObj(account -> Bulk.command(account, "deposit", DepositLoad.body(random), "fill-" + now))
                        .toList());
            }
        }
    }

    /** What was done in each second. */
    private int[] minute(int port, int round) throws InterruptedException {
        AtomicIntegerArray perSecond = new AtomicIntegerArray(seconds + CALLERS);
        AtomicIntegerArray keys = new AtomicIntegerArray(1);
        long begun = System.nanoTime();
        var _ = Load.http(port, CALLERS, seconds, (caller, random) -> {
            deposit(caller, random, "start-" + round + "-" + keys.incrementAndGet(0));
            perSecond.incrementAndGet((int) ((System.nanoTime() - begun) / 1_000_000_000L));
            return 1;
        });
        return IntStream.range(0, seconds).map(perSecond::get).toArray();
    }

    private static void deposit(HttpCaller caller, SplittableRandom random, String key) throws IOException {
        var _ = expect200(caller.post("/api/entities/account/" + random.nextInt(ACCOUNTS) + "/deposit",
                "Idempotency-Key: " + key + "\r\n", DepositLoad.body(random)));
    }

    private void print(List<Double> ready, List<int[]> given) {
        say("%nready after %.1f s, median of %s", Report.median(ready), ready);
        report.keep("ready-seconds", Report.median(ready));
        double steady = Report.median(given.stream()
                .map(round -> Arrays.stream(round, round.length - STEADY, round.length).average().orElseThrow())
                .toList());
        say("steady rate, of the last %d s: %,.0f /s%n%n second         /s  of steady", STEADY, steady);
        report.keep("steady-per-second", steady);
        for (int second : new int[]{1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40}) {
            double rate = Report.median(given.stream().map(round -> (double) round[second - 1]).toList());
            say("%7d %,10.0f %10.2f", second, rate, rate / steady);
            report.keep("second-" + second + "-of-steady", rate / steady);
        }
    }
}

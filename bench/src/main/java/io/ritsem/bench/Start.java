package io.ritsem.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.DepositLoad.ACCOUNTS;
import static io.ritsem.bench.Report.say;

/**
 * From the start of {@code ./ritsem serve} until its node is ready, and then deposits by 64 callers for a minute: what each
 * second gives, of the rate at which the minute ends. All accounts are cold, with up to 2,000 events and their snapshots. With
 * the AOT cache of the training run, and without any, the JDK's own included, in turns.
 */
public final class Start {

    private static final int CALLERS = 64;
    private static final int MOST_EVENTS = 2_000;
    private static final int SNAPSHOT_EVERY = 200;
    private static final int STEADY = 20;
    private static final Map<String, String> CACHES = new TreeMap<>(
            Map.of("with an AOT cache", "", "without", "-XX:AOTMode=off"));

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

    /** What one start gave. */
    private record Started(double secondsToReady, int[] perSecond) {}

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String database = server.createDatabase();
            NodeProcess.migrate(database);
            fill(database);
            // builds and trains what is not built and trained, before it counts
            new ServeProcess(database, "").close();
            Map<String, List<Started>> given = new TreeMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Map.Entry<String, String> cache : CACHES.entrySet()) {
                    say("Round %d, %s", round + 1, cache.getKey());
                    given.computeIfAbsent(cache.getKey(), _ -> new ArrayList<>())
                            .add(started(database, cache.getValue()));
                }
            }
            given.forEach(this::print);
        }
        report.write();
    }

    private Started started(String database, String javaOptions) throws Exception {
        try (ServeProcess node = new ServeProcess(database, javaOptions)) {
            return new Started(node.secondsToReady(), minute(node.port()));
        }
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
            BankViews.awaitCaughtUp(node.port());
        }
        try (StoredPast past = new StoredPast(database)) {
            past.settle();
        }
    }

    /** What was sent in each second, each after the answer to the one before. */
    private int[] minute(int port) {
        AtomicIntegerArray perSecond = new AtomicIntegerArray(seconds + 1);
        long begun = System.nanoTime();
        var _ = HttpLoad.run(_ -> Address.loopback(port), CALLERS, seconds, (node, random) -> {
            perSecond.incrementAndGet((int) ((System.nanoTime() - begun) / 1_000_000_000L));
            return HttpCaller.postTo(node, "/api/entities/account/" + random.nextInt(ACCOUNTS) + "/deposit",
                    "Idempotency-Key: " + UUID.randomUUID() + "\r\n", DepositLoad.body(random));
        });
        return IntStream.range(0, seconds).map(perSecond::get).toArray();
    }

    private void print(String cache, List<Started> starts) {
        List<Double> ready = starts.stream().map(Started::secondsToReady).toList();
        double steady = Report.median(starts.stream()
                .map(start -> Arrays.stream(start.perSecond(), seconds - STEADY, seconds).average().orElseThrow())
                .toList());
        say("%n%s: ready after %.1f s, median of %s; steady rate, of the last %d s: %,.0f /s", cache,
                Report.median(ready), ready, STEADY, steady);
        say("%n second         /s  of steady");
        String key = cache.replace(' ', '-');
        report.keep(key + "-ready-seconds", Report.median(ready));
        report.keep(key + "-steady-per-second", steady);
        for (int second : new int[]{1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40}) {
            double rate = Report
                    .median(starts.stream().map(start -> (double) start.perSecond()[second - 1]).toList());
            say("%7d %,10.0f %10.2f", second, rate, rate / steady);
            report.keep(key + "-second-" + second + "-of-steady", rate / steady);
        }
    }
}

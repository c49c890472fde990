package io.ritsem.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Latencies;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.Report.say;

/**
 * The first read of entities that a node has never loaded, one after the other: accounts of 1,000 keyed events with no
 * snapshot, and with one that is 100 events old, in turns. Then meters of 200,000 events, all of them read through
 * upcasters and half of them standing for two of today: by a recovery, and by a look into the past.
 */
public final class Recovery {

    private static final int EVENTS = 1_000;
    private static final int AFTER_THE_SNAPSHOT = 100;
    private static final int SNAPSHOT_AT = EVENTS - AFTER_THE_SNAPSHOT;
    private static final int CALLERS = 64;
    private static final int METERS = 4;
    private static final int METER_EVENTS = 200_000;
    private static final String LAST_READING = "\"state\":{\"units\":%d,\"readings\":%d}".formatted(2 * METER_EVENTS,
            METER_EVENTS * 3 / 2);
    private static final Duration FOR_A_METER = Duration.ofSeconds(60);

    private final int entities;
    private final int warmUp;
    private final Report report = new Report("recovery");

    private Recovery(Options options) {
        this.entities = options.of("entities");
        this.warmUp = options.of("warm-up");
    }

    /** Options: {@code --entities 300 --warm-up 1000}, each number for both kinds of accounts. */
    public static void main(String[] args) throws IOException, InterruptedException, SQLException {
        new Recovery(Options.parse(args, Map.of("entities", 300, "warm-up", 1_000))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            report.on(server);
            String database = server.createDatabase();
            try (NodeProcess node = NodeProcess.start(database,
                    Map.of("ritsem.runtime.entity.snapshot-every", Integer.toString(SNAPSHOT_AT)));
                    StoredPast past = new StoredPast(database)) {
                store(past, node.port());
                node.kill();
                node.startAgain();
                try (HttpCaller caller = new HttpCaller(node.port())) {
                    accounts(caller);
                    meters(caller);
                }
            }
            report.write();
        }
    }

    private void store(StoredPast past, int port) throws InterruptedException, IOException, SQLException {
        say("Storing %d accounts of %,d events and %d meters of %,d", 2 * (entities + warmUp), EVENTS, METERS,
                METER_EVENTS);
        for (int account = 0; account < entities + warmUp; account++) {
            past.account("whole-" + account, EVENTS);
            past.account("kept-" + account, SNAPSHOT_AT - 1);
        }
        for (int meter = 0; meter < METERS; meter++) {
            StoredPast.Stored once = new StoredPast.Stored("meter.advanced/1", "{\"by\":2}");
            StoredPast.Stored twice = new StoredPast.Stored("meter.advanced-twice/1", "{\"first\":1,\"second\":1}");
            past.store("meter|" + meter, METER_EVENTS, once, once, twice);
        }
        awaitViews(port, "first");
        AtomicInteger next = new AtomicInteger();
        var _ = Callers.together(CALLERS, 600, caller -> {
            for (int account = next.getAndIncrement(); account < entities + warmUp; account = next.getAndIncrement()) {
                deposit("kept-" + account, port);
            }
            return caller;
        });
        // the last are written by the time that the views are there
        awaitViews(port, "last");
        long snapshots = past.number("SELECT count(*) FROM ritsem.snapshot");
        if (snapshots != entities + warmUp) {
            throw new IllegalStateException("%d accounts have a snapshot".formatted(snapshots));
        }
        past.settle();
    }

    private static void deposit(String account, int port) throws IOException {
        try (HttpCaller caller = new HttpCaller(port)) {
            for (int sequence = SNAPSHOT_AT; sequence <= EVENTS; sequence++) {
                expect200(caller.post("/api/entities/account/" + account + "/deposit",
                        "Idempotency-Key: " + sequence + "\r\n", "{\"amount\":\"1.00\",\"reference\":\"salary\"}"));
            }
        }
    }

    /** So that nothing is built while it measures. */
    private static void awaitViews(int port, String account) throws IOException {
        try (HttpCaller caller = new HttpCaller(port)) {
            String token = String.valueOf(expect200(caller.post("/api/entities/account/" + account + "/open", "",
                    "{\"owner\":\"o\",\"overdraft\":\"0\"}")).header("Consistency-Token"));
            for (String view : List.of("balances/" + account, "turnover?limit=1")) {
                long end = System.nanoTime() + Duration.ofMinutes(10).toNanos();
                while (caller.get("/api/views/" + view, "Prefer: wait=20\r\nConsistency-Token: " + token + "\r\n")
                        .status() != 200) {
                    if (System.nanoTime() > end) {
                        throw new IllegalStateException("The view does not come up with its events: " + view);
                    }
                }
            }
        }
    }

    // ---- accounts ------------------------------------------------------------------------------------------------

    private void accounts(HttpCaller caller) throws IOException {
        var _ = read(caller, "whole-", 0, warmUp);
        var _ = read(caller, "kept-", 0, warmUp);
        Latencies whole = new Latencies();
        Latencies kept = new Latencies();
        Latencies loaded = new Latencies();
        for (int account = warmUp; account < warmUp + entities; account++) {
            whole.add(read(caller, "whole-", account, 1));
            kept.add(read(caller, "kept-", account, 1));
            loaded.add(read(caller, "kept-", account, 1));
        }
        say("%n first read of %,d accounts, ms      p50     p99", entities);
        row("1,000 events, no snapshot", "whole", whole);
        row("1,000 events, snapshot at 900", "kept", kept);
        row("loaded already (a second read)", "loaded", loaded);
    }

    private void row(String what, String name, Latencies latencies) {
        say(" %-32s %7.1f %7.1f", what, latencies.percentile(0.5), latencies.percentile(0.99));
        report.keep(name + "P50Millis", latencies.percentile(0.5));
        report.keep(name + "P99Millis", latencies.percentile(0.99));
    }

    private static long[] read(HttpCaller caller, String prefix, int from, int count) throws IOException {
        long[] nanos = new long[count];
        for (int account = from; account < from + count; account++) {
            long asked = System.nanoTime();
            HttpCaller.Answer answer = expect200(caller.get("/api/entities/account/" + prefix + account, ""));
            nanos[account - from] = System.nanoTime() - asked;
            if (!answer.body().contains("\"version\":" + EVENTS + ",")) {
                throw new IllegalStateException("Not all was read: " + answer.body());
            }
        }
        return nanos;
    }

    // ---- meters --------------------------------------------------------------------------------------------------

    private void meters(HttpCaller caller) throws IOException {
        List<Double> recovered = new ArrayList<>();
        List<Double> looked = new ArrayList<>();
        say("%n events/s through upcasters    recovery    a look into the past");
        for (int meter = 0; meter < METERS; meter++) {
            double recovery = METER_EVENTS / seconds(caller, "/api/entities/meter/" + meter);
            double look = METER_EVENTS / seconds(caller, "/api/entities/meter/" + meter + "?version=" + METER_EVENTS);
            say(" %-26s %,11.0f %,23.0f", meter == 0 ? "the first, not counted" : "200,000 of one entity", recovery,
                    look);
            if (meter > 0) {
                recovered.add(recovery);
                looked.add(look);
            }
        }
        say(" %-26s %,11.0f %,23.0f", "median", Report.median(recovered), Report.median(looked));
        report.keep("recoveredPerSecond", Report.median(recovered));
        report.keep("lookedAtPerSecond", Report.median(looked));
    }

    /** Until it answers: a recovery may take longer than a read may wait, and goes on meanwhile. */
    private static double seconds(HttpCaller caller, String path) throws IOException {
        long asked = System.nanoTime();
        HttpCaller.Answer answer = caller.get(path, "");
        while (answer.status() == 503 && System.nanoTime() - asked < FOR_A_METER.toNanos()) {
            answer = caller.get(path, "");
        }
        double seconds = (System.nanoTime() - asked) / 1e9;
        if (!expect200(answer).body().contains(LAST_READING)) {
            throw new IllegalStateException("Not all was read: " + answer.body());
        }
        return seconds;
    }

    private static HttpCaller.Answer expect200(HttpCaller.Answer answer) {
        if (answer.status() != 200) {
            throw new IllegalStateException("Answered with %d: %s".formatted(answer.status(), answer.body()));
        }
        return answer;
    }
}

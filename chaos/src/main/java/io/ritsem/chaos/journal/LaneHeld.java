package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.ritsem.chaos.fault.ForeignWriter;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Told;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.harness.Latencies;
import io.ritsem.runtime.journal.JournalLanes;

/**
 * Another session has stored the next event of one of 301 entities and neither commits nor rolls back: for 1.5 s, and then
 * for 6 s, which is longer than a lock is waited for. The other 300 get commands all the time, none is refused; those of
 * other lanes are as quick as ever, those of its own lane wait no longer than is promised.
 */
final class LaneHeld implements Scenario {

    private static final int ENTITIES = 301;
    private static final JournalLanes LANES = new JournalLanes(2); // as many as a node has if nobody says otherwise
    private static final int SHORT_MILLIS = 1_500;
    private static final int LONG_MILLIS = 6_000;
    private static final int BETWEEN_MILLIS = 1_000;
    private static final int PAUSE_MILLIS = 250;
    private static final int OTHER_LANES_P99_MILLIS = 500;
    private static final int SHORT_LIMIT_MILLIS = 2_000;
    private static final int LONG_LIMIT_MILLIS = 2_500;

    @Override public String name() {
        return "lane-held";
    }

    /** When a write was held, and what the others in its lane may be delayed by. */
    private record Held(String account, long from, long to, int limitMillis) {

        boolean meets(Attempt attempt) {
            return attempt.sentAt() < to && attempt.toldAt() > from && !attempt.command().account().equals(account);
        }

        boolean sharesLane(Attempt attempt) {
            return laneOf(attempt.command().account()).equals(laneOf(account));
        }

        private static String laneOf(String account) {
            return LANES.pluginIdOf("account|" + account);
        }
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run);
                Workload load = stage.workload(new Habits(16, ENTITIES, 0, 0, 0));
                ForeignWriter writer = new ForeignWriter(stage.url(), "chaos-lane-held")) {
            load.open();
            long began = System.nanoTime();
            String account = "a" + stage.random().nextInt(ENTITIES);
            AtomicBoolean over = new AtomicBoolean();
            List<Held> times = new ArrayList<>();
            List<Callable<Void>> tasks = new ArrayList<>();
            load.accounts().stream().filter(other -> !other.equals(account)).forEach(other -> tasks.add(() -> {
                send(stage, other, over);
                return null;
            }));
            tasks.add(() -> {
                Pause.millis(BETWEEN_MILLIS);
                times.add(hold(stage, writer, account, SHORT_MILLIS, SHORT_LIMIT_MILLIS));
                Pause.millis(BETWEEN_MILLIS);
                times.add(hold(stage, writer, account, LONG_MILLIS, LONG_LIMIT_MILLIS));
                over.set(true);
                return null;
            });
            load.together(tasks);
            List<String> broken = new ArrayList<>(stage.inspect());
            List<String> notes = new ArrayList<>();
            times.forEach(held -> judge(held, stage.log().attempts(), notes, broken));
            return stage.verdict(began, String.join("; ", notes), broken);
        }
    }

    private static void send(Stage stage, String account, AtomicBoolean over) {
        try (Client client = new Client(stage.node().address(), stage.log())) {
            for (int number = 0; !over.get(); number++) {
                client.send(Command.deposit(account, "all-the-time.%s.%d".formatted(account, number), 100), soon());
                Pause.millis(PAUSE_MILLIS);
            }
        }
    }

    /** Returns when the account's own command, which met the other session's row, has been accepted after all. */
    private static Held hold(Stage stage, ForeignWriter writer, String account, int millis, int limitMillis)
            throws SQLException, InterruptedException {
        writer.plant(account, 1);
        long from = System.nanoTime();
        Thread own = Thread.ofVirtual().start(() -> {
            try (Client client = new Client(stage.node().address(), stage.log())) {
                client.send(Command.deposit(account, "held." + millis, 100), soon());
            }
        });
        Pause.millis(millis);
        writer.rollback();
        long to = System.nanoTime();
        own.join();
        return new Held(account, from, to, limitMillis);
    }

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    }

    private static void judge(Held held, List<Attempt> log, List<String> notes, List<String> broken) {
        Latencies own = new Latencies();
        Latencies others = new Latencies();
        for (Attempt attempt : log) {
            if (held.meets(attempt)) {
                (held.sharesLane(attempt) ? own : others).add(new long[]{attempt.toldAt() - attempt.sentAt()});
                if (!(attempt.told() instanceof Told.Accepted)) {
                    broken.add("%s has nothing to do with the held write and was told %s".formatted(
                            attempt.command().account(), attempt.told()));
                }
            }
        }
        notes.add(String.format(Locale.ROOT,
                "held %.1f s, its lane waits %.0f ms (p99 %.0f), the other %.0f ms (p99 %.0f)",
                (held.to() - held.from()) / 1e9, own.percentile(1), own.percentile(0.99), others.percentile(1),
                others.percentile(0.99)));
        if (own.percentile(1) > held.limitMillis()) {
            broken.add("an entity of its lane waited %.0f ms".formatted(own.percentile(1)));
        }
        if (own.count() == 0 || others.count() == 0 || others.percentile(0.99) > OTHER_LANES_P99_MILLIS) {
            broken.add("of %d commands in other lanes, the 99th percentile was %.0f ms".formatted(others.count(),
                    others.percentile(0.99)));
        }
    }
}

package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.check.ViewState;
import io.ritsem.chaos.fault.ForeignWriter;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.LagProbe;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.harness.Latencies;

/**
 * A session has written something, but no event, and does not commit; a third one rolls back 1,000 inserts: for 14 s (or
 * 60 s) the views must show what is acknowledged as soon as ever. Then another session stores an event and
 * does not commit for as long: no view skips anything, all of it is shown within 500 ms of the commit, and the node's log
 * names the session that the views have waited for, and not the other.
 *
 * @param openSeconds how long each stays open
 * @param once whether one seed is enough, because it takes long
 */
record TransactionLeftOpen(String name, int openSeconds, Habits habits, boolean once) implements Scenario {

    // A few thousand commands either way: what is measured is how soon views go on, not how many events they take a second.
    private static final Habits LOAD = new Habits(8, 200, 25, 0, 0);
    private static final Habits LESS_LOAD = new Habits(8, 200, 100, 0, 0);
    private static final int ROLLED_BACK = 1_000;
    private static final int SHOWN_WITHIN_MILLIS = 500;
    private static final String HELD = "held";
    private static final String IDLE = "idle";
    private static final String SESSION = "chaos-left-open";
    private static final String BYSTANDER = "chaos-elsewhere";

    /** For 14 s: longer than the 10 s after which readers that wait for gaps give up, and skip. */
    static TransactionLeftOpen usual() {
        return new TransactionLeftOpen("transaction-left-open", 14, LOAD, false);
    }

    /** For a minute, with one seed. */
    static TransactionLeftOpen longer() {
        return new TransactionLeftOpen("transaction-left-open-60s", 60, LESS_LOAD, true);
    }

    @Override public List<Long> seeds(List<Long> asked) {
        return once ? asked.subList(0, 1) : asked;
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        long openNanos = TimeUnit.SECONDS.toNanos(openSeconds);
        try (Stage stage = Stage.open(run);
                Workload load = stage.workload(habits);
                ForeignWriter bystander = new ForeignWriter(stage.url(), BYSTANDER);
                ForeignWriter holder = new ForeignWriter(stage.url(), SESSION)) {
            load.open();
            open(stage, HELD);
            open(stage, IDLE);
            long began = System.nanoTime();
            List<String> broken = new ArrayList<>();
            load.start();
            bystander.writeElsewhere();
            Latencies lags = lags(stage, began + openNanos, broken);

            long held = System.nanoTime();
            stage.expect(holder.plant(HELD, 1));
            pauseUntil(held + openNanos - TimeUnit.SECONDS.toNanos(2));
            load.stop();
            pauseUntil(held + openNanos);
            long shown = shownAfter(stage, holder, broken);
            send(stage, Command.deposit(HELD, "after.held", 100)); // its entity learns that somebody else wrote
            broken.addAll(stage.inspect());
            if (!stage.nodeSaid().contains(SESSION)) {
                broken.add("the node's log does not name the session that holds the views back");
            }
            if (stage.nodeSaid().contains(BYSTANDER)) {
                broken.add("the node's log names a session that holds nothing back");
            }
            return stage.verdict(began,
                    "shown beside a bystander p50 %.0f p99 %.0f ms; all shown %d ms after the commit"
                            .formatted(lags.percentile(0.5), lags.percentile(0.99), shown),
                    broken);
        }
    }

    private static Latencies lags(Stage stage, long until, List<String> broken) throws IOException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Void> rolledBack = threads.submit(() -> rollBack(stage));
            Latencies lags = new LagProbe(stage.node().address(), stage.log()).until(until);
            if (lags.percentile(0.99) > SHOWN_WITHIN_MILLIS) {
                broken.add("while a session writes elsewhere, events are shown after %.0f ms (p99)"
                        .formatted(lags.percentile(0.99)));
            }
            rolledBack.get(1, TimeUnit.MINUTES);
            return lags;
        } catch (IllegalStateException notShown) {
            broken.add("while a session writes elsewhere: " + notShown.getMessage());
            return new Latencies();
        } catch (InterruptedException | ExecutionException | TimeoutException failure) {
            throw new IOException("The inserts that are rolled back failed", failure);
        }
    }

    private static void pauseUntil(long nanos) {
        Pause.millis(Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime())));
    }

    private static void open(Stage stage, String account) {
        send(stage, Command.open(account, "open." + account));
        send(stage, Command.deposit(account, "first." + account, 100));
    }

    private static void send(Stage stage, Command command) {
        try (Client client = new Client(stage.node().address(), stage.log())) {
            client.send(command, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
        }
    }

    private static Void rollBack(Stage stage) throws SQLException {
        try (ForeignWriter writer = new ForeignWriter(stage.url(), "chaos-rolled-back")) {
            for (int time = 0; time < ROLLED_BACK; time++) {
                writer.plant(IDLE, 1);
                writer.rollback();
            }
        }
        return null;
    }

    /** Commits, and returns after how many milliseconds the view showed all of it. */
    private static long shownAfter(Stage stage, ForeignWriter holder, List<String> broken)
            throws SQLException, IOException {
        Inspection inspection = new Inspection(stage.url(), stage.node().address());
        Map<String, ViewState> fold = inspection.fold();
        ViewState held = fold.get(HELD);
        if (held == null) {
            throw new IllegalStateException("The account " + HELD + " was never opened");
        }
        fold.put(HELD, new ViewState(held.version() + 1, held.balance().add(held.balance())));
        long committed = System.nanoTime();
        holder.commit();
        long shown = inspection.untilShown(fold);
        long millis = TimeUnit.NANOSECONDS.toMillis(shown - committed);
        if (millis > SHOWN_WITHIN_MILLIS) {
            broken.add("the view showed all of it only %d ms after the commit".formatted(millis));
        }
        return millis;
    }
}

package io.ritsem.chaos;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.check.ViewState;
import io.ritsem.chaos.fault.ForeignWriter;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Workload;

/**
 * Another session has stored an event and does not commit for 14 s (60 s with {@code --long}), while clients work and a
 * third session rolls back 1,000 inserts: no view skips anything, all of it is shown within 500 ms of the commit, and the
 * node's log names the session.
 */
final class TransactionLeftOpen implements Scenario {

    private static final int OPEN_SECONDS = 14;
    private static final int LONG_OPEN_SECONDS = 60;
    // A few thousand commands either way: what is measured is how soon views go on, not how many events they take a second.
    private static final Habits LOAD = new Habits(8, 200, 25, 0, 0);
    private static final Habits LONG_LOAD = new Habits(8, 200, 100, 0, 0);
    private static final int ROLLED_BACK = 1_000;
    private static final int SHOWN_WITHIN_MILLIS = 500;
    private static final String HELD = "held";
    private static final String IDLE = "idle";
    private static final String SESSION = "chaos-left-open";

    @Override public String name() {
        return "transaction-left-open";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run);
                Workload load = stage.workload(run.longer() ? LONG_LOAD : LOAD);
                ForeignWriter holder = new ForeignWriter(stage.url(), SESSION)) {
            load.open();
            open(stage, HELD);
            open(stage, IDLE);
            long began = System.nanoTime();
            stage.expect(holder.plant(HELD, 1));
            load.start();
            rollBack(stage);
            long end = began + TimeUnit.SECONDS.toNanos(run.longer() ? LONG_OPEN_SECONDS : OPEN_SECONDS);
            Pause.millis(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()) - 2_000));
            load.stop();
            Pause.millis(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            List<String> broken = new ArrayList<>();
            long shown = shownAfter(stage, holder, broken);
            send(stage, Command.deposit(HELD, "after.held", 100)); // its entity learns that somebody else wrote
            broken.addAll(stage.inspect());
            if (!stage.nodeSaid().contains(SESSION)) {
                broken.add("the node's log does not name the session that holds the views back");
            }
            return stage.verdict(began, "all shown %d ms after the commit".formatted(shown), broken);
        }
    }

    private static void open(Stage stage, String account) {
        send(stage, Command.open(account, "open." + account));
        send(stage, Command.deposit(account, "first." + account, 100));
    }

    private static void send(Stage stage, Command command) {
        try (Client client = new Client(stage.node().port(), stage.log())) {
            client.send(command, System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
        }
    }

    private static void rollBack(Stage stage) throws SQLException {
        try (ForeignWriter writer = new ForeignWriter(stage.url(), "chaos-rolled-back")) {
            for (int time = 0; time < ROLLED_BACK; time++) {
                writer.plant(IDLE, 1);
                writer.rollback();
            }
        }
    }

    /** Commits, and returns after how many milliseconds the view showed all of it. */
    private static long shownAfter(Stage stage, ForeignWriter holder, List<String> broken)
            throws SQLException, IOException {
        Inspection inspection = new Inspection(stage.url(), stage.node().port());
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

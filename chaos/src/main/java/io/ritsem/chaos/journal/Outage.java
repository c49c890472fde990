package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.fault.DatabaseFault;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;

/**
 * The database goes away under load and comes back: nothing that was acknowledged is lost, and the first write is
 * acknowledged within 3 s of its return.
 */
record Outage(String name, DatabaseFault fault) implements Scenario {

    private static final long WRITES_WITHIN = TimeUnit.SECONDS.toNanos(3);
    private static final int BEFORE_MILLIS = 3_000;
    private static final int AFTER_MILLIS = 5_000;

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run)) {
            return on(stage);
        }
    }

    Verdict on(Stage stage) throws IOException, SQLException {
        try (Workload load = stage.workload(Habits.USUAL)) {
            load.open();
            long began = System.nanoTime();
            load.start();
            Pause.millis(BEFORE_MILLIS + stage.random().nextInt(1_000));
            long back = fault.inflict(stage.server(), stage.random());
            Pause.millis(AFTER_MILLIS);
            load.stop();
            OptionalLong first = Figures.firstAcceptedAfter(stage.log().attempts(), back);
            List<String> broken = new ArrayList<>(stage.inspect());
            if (first.isEmpty() || first.getAsLong() - back > WRITES_WITHIN) {
                broken.add("no write was acknowledged within 3 s of the database's return");
            }
            return stage.verdict(began, String.format(Locale.ROOT, "first write %.1f s after its return",
                    (first.orElse(System.nanoTime()) - back) / 1e9), broken);
        }
    }
}

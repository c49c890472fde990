package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;

/** The node is killed 20 times under load and started again: all that was acknowledged is there, in order, once. */
final class NodeKilled implements Scenario {

    private static final int TIMES = 20;

    @Override public String name() {
        return "node-killed";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Stage stage = Stage.open(run); Workload load = stage.workload(Habits.USUAL)) {
            load.open();
            long began = System.nanoTime();
            load.start();
            long starting = 0;
            for (int time = 0; time < TIMES; time++) {
                Pause.millis(300 + stage.random().nextInt(1_500));
                stage.node().kill();
                long killed = System.nanoTime();
                stage.node().startAgain();
                starting += System.nanoTime() - killed;
            }
            Pause.millis(1_000);
            load.stop();
            return stage.verdict(began, String.format(Locale.ROOT, "%d kills; ready again after %.1f s", TIMES,
                    starting / 1e9 / TIMES), stage.inspect());
        }
    }
}

package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.CuttingProxy;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.postgres.EmbeddedDatabase;

/** The connection breaks 1,000 times while an insert commits: each command that was accepted has one effect. */
final class CutAtCommit implements Scenario {

    private static final int CUTS = 1_000;
    private static final long WITHIN = TimeUnit.MINUTES.toNanos(5);

    @Override public String name() {
        return "cut-at-commit";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        EmbeddedDatabase server = EmbeddedDatabase.temporary();
        try (CuttingProxy proxy = new CuttingProxy(server.port(), CUTS, new SplittableRandom(run.seed()));
                Stage stage = Stage.open(run, server,
                        url -> url.replace(":" + server.port() + "/", ":" + proxy.port() + "/"));
                Workload load = stage.workload(new Habits(32, 400, 0, 0, 0))) {
            long began = System.nanoTime();
            load.open();
            load.start();
            while (proxy.cuts() < CUTS && System.nanoTime() - began < WITHIN) {
                Pause.millis(100);
            }
            Pause.millis(1_000);
            load.stop();
            List<String> broken = new ArrayList<>(stage.inspect());
            if (proxy.cuts() < CUTS) {
                broken.add("only %d connections were cut in 5 minutes".formatted(proxy.cuts()));
            }
            return stage.verdict(began, proxy.cuts() + " cuts", broken);
        }
    }
}

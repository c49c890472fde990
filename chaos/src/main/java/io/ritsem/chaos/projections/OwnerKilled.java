package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;

/** Of three nodes one is killed, six times, and started anew: what they share of the views is the fold of the journal. */
final class OwnerKilled implements Scenario {

    private static final int TIMES = 6;

    @Override public String name() {
        return "owner-killed";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Trio trio = Trio.open(run, Map.of()); Workload load = trio.workload(200)) {
            load.open();
            long began = System.nanoTime();
            load.start();
            List<String> broken = new ArrayList<>();
            for (int time = 0; time < TIMES; time++) {
                Pause.millis(500 + trio.stage().random().nextInt(1_500));
                Trio.Member killed = time % 2 == 0 ? trio.ownerOf("tally") : trio.any();
                killed.kill();
                killed.startAgain();
                broken.addAll(trio.fresh(System.nanoTime()));
            }
            broken.addAll(trio.probe(load));
            load.stop();
            broken.addAll(trio.inspect());
            return trio.stage().verdict(began, "%d kills; %s".formatted(TIMES, trio.note()), broken);
        }
    }
}

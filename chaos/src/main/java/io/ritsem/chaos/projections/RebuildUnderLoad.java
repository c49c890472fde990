package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;

/**
 * Three nodes rebuild two views under load, one of them is killed meanwhile and started anew; when the new generations
 * serve, they are rolled back under load. Whoever reads sees no error, no row that never was and none that is older than
 * one that it has seen, before, during and after; each generation that serves equals the fold of the journal.
 */
final class RebuildUnderLoad implements Scenario {

    private static final int BEFORE_MILLIS = 6_000;
    private static final int AFTER_MILLIS = 2_000;
    /** Slow enough for some seconds of building. */
    private static final int RATE = 700;

    @Override public String name() {
        return "rebuild-under-load";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Trio trio = Trio.open(run, Map.of()); Operator operator = new Operator(trio.stage().url())) {
            List<String> broken = new ArrayList<>();
            long began = System.nanoTime();
            double seconds;
            try (Workload load = trio.workload(200, 0)) {
                load.open();
                load.start();
                Pause.millis(BEFORE_MILLIS);
                seconds = rebuild(trio, operator, broken);
                Pause.millis(AFTER_MILLIS);
                broken.addAll(trio.fresh(System.nanoTime()));
                load.stop();
                broken.addAll(trio.views("rebuilt", Set.of()));
            }
            try (Workload load = trio.workload(200, 1)) {
                load.start();
                Pause.millis(AFTER_MILLIS);
                operator.rollBack(trio.nodes().getFirst(), "tally");
                operator.rollBack(trio.nodes().getLast(), "balances");
                Pause.millis(AFTER_MILLIS);
                broken.addAll(trio.probe(load));
                load.stop();
            }
            broken.addAll(trio.inspect());
            return trio.stage()
                    .verdict(began, String.format(Locale.ROOT, "two views built in %.1f s, rolled back; %s", seconds,
                            trio.note()), broken);
        }
    }

    private static double rebuild(Trio trio, Operator operator, List<String> broken) throws SQLException, IOException {
        long ordered = System.nanoTime();
        operator.rebuild(trio.nodes().getFirst(), "balances", RATE);
        operator.rebuild(trio.nodes().getLast(), "tally", RATE);
        Pause.millis(1_500 + trio.stage().random().nextInt(500));
        Trio.Member killed = trio.any();
        killed.kill();
        if (operator.building() < 2) {
            broken.add("the views were built before a node could be killed");
        }
        killed.startAgain();
        operator.awaitBuilt();
        return (System.nanoTime() - ordered) / 1e9;
    }
}

package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.ritsem.chaos.fault.CrashedDatabase;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;

/**
 * The server of three nodes crashes and recovers at once, by turns under load and just after it, when nobody has
 * anything to do: rows may stand further back then, but who has a token is not shown them, and no view misses an event,
 * although ids of transactions that it has passed are given to events.
 */
final class DatabaseCrashed implements Scenario {

    private static final int TIMES = 12;
    private static final int LOAD_MILLIS = 1_000;

    @Override public String name() {
        return "database-crashed";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Trio trio = Trio.open(run, Map.of())) {
            CrashedDatabase fault = new CrashedDatabase();
            try (Workload load = trio.workload(200, 0)) {
                load.open();
            }
            long began = System.nanoTime();
            List<String> broken = new ArrayList<>();
            for (int time = 1; time <= TIMES; time++) {
                boolean underLoad = time % 2 == 0;
                try (Workload load = trio.workload(200, time)) {
                    load.start();
                    Pause.millis(LOAD_MILLIS);
                    if (!underLoad) {
                        load.stop();
                    }
                    long back = trio.inflict(fault);
                    broken.addAll(trio.fresh(back));
                    load.stop();
                }
            }
            try (Workload load = trio.workload(200, TIMES + 1)) {
                load.start();
                broken.addAll(trio.probe(load));
                load.stop();
            }
            if (fault.givenAgain() == 0) {
                broken.add("no transaction id was given again, so that nothing was put to the test");
            }
            broken.addAll(trio.inspect());
            return trio.stage()
                    .verdict(began, String.format(Locale.ROOT, "%d crashes, %,d transaction ids given again; %s",
                            TIMES, fault.givenAgain(), trio.note()), broken);
        }
    }
}

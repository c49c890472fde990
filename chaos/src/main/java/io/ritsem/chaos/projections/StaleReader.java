package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.ForeignWriter;
import io.ritsem.chaos.fault.LongReader;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;

/**
 * Three sessions keep an old snapshot of the journal, and 500 inserts are rolled back, which leaves gaps: no node shows
 * anything later for it. Then a session stores an event and rolls it back after 3 s, and another one commits after as
 * long: what they have held back is shown at once when they end, and nothing is skipped.
 */
final class StaleReader implements Scenario {

    private static final String HELD = "held";
    private static final String IDLE = "idle";
    private static final int READERS = 3;
    private static final int ROLLED_BACK = 500;
    private static final int OPEN_MILLIS = 3_000;

    @Override public String name() {
        return "stale-reader";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Trio trio = Trio.open(run, Map.of()); Workload load = trio.workload(200)) {
            Stage stage = trio.stage();
            load.open();
            open(stage, HELD);
            open(stage, IDLE);
            long began = System.nanoTime();
            load.start();
            List<String> broken = new ArrayList<>();
            try (LongReader readers = new LongReader(stage.url(), READERS)) {
                load.together(List.of(rollBack(stage), () -> {
                    broken.addAll(trio.probe(load));
                    return null;
                }));
                broken.addAll(held(trio, false));
                broken.addAll(held(trio, true));
                broken.addAll(readers.broken());
            }
            broken.addAll(trio.probe(load));
            load.stop();
            send(stage, Command.deposit(HELD, "after.held", 100)); // its entity learns that somebody else wrote
            broken.addAll(trio.inspect());
            return stage.verdict(began, trio.note(), broken);
        }
    }

    /** Another session stores an event and does not end for a while. */
    private static List<String> held(Trio trio, boolean commits) throws SQLException, IOException {
        try (ForeignWriter writer = new ForeignWriter(trio.stage().url(), "chaos-stale-reader")) {
            Set<UUID> planted = writer.plant(HELD, 1);
            Pause.millis(OPEN_MILLIS);
            long over = System.nanoTime();
            if (commits) {
                trio.stage().expect(planted);
                writer.commit();
            } else {
                writer.rollback();
            }
            return trio.fresh(over);
        }
    }

    private static Callable<Void> rollBack(Stage stage) {
        return () -> {
            try (ForeignWriter writer = new ForeignWriter(stage.url(), "chaos-rolled-back")) {
                for (int time = 0; time < ROLLED_BACK; time++) {
                    writer.plant(IDLE, 1);
                    writer.rollback();
                }
            }
            return null;
        };
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
}

package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.ritsem.chaos.check.Owners.TakenOver;
import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.Workload;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Verdict;

/**
 * Of three nodes one is frozen for longer than its leases, six times, every other time the one that has the cursor of a
 * view fed from all partitions: the others take over what it has, and when it wakes up in the midst of a batch it changes
 * nothing.
 */
final class OwnerStopped implements Scenario {

    private static final int TIMES = 6;
    private static final int BEFORE_MILLIS = 1_500;
    private static final int FURTHER_MILLIS = 500;

    /** A lease that has just been renewed, the others' next look at it a third of a lease later, and a busy machine. */
    private static final int TAKEN_WITHIN_MILLIS = Trio.LEASE_MILLIS + Trio.LEASE_MILLIS / 3 + 1_000;

    /** After which the database ends a transaction whose session does nothing; until then its cursors are locked. */
    private static final int LOCKED_MILLIS = 5_000;

    @Override public String name() {
        return "owner-stopped";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        try (Trio trio = Trio.open(run, Map.of()); Workload load = trio.workload(200)) {
            load.open();
            long began = System.nanoTime();
            load.start();
            List<String> broken = new ArrayList<>();
            long slowest = 0;
            int locked = 0;
            for (int time = 0; time < TIMES; time++) {
                Pause.millis(BEFORE_MILLIS + trio.stage().random().nextInt(500));
                Trio.Member frozen = time % 2 == 0 ? trio.ownerOf(time % 4 == 0 ? "tally" : "turnover") : trio.any();
                frozen.freeze();
                TakenOver taken = trio.owners().awaitTakenOver(frozen.owner(), System.nanoTime());
                Pause.millis(FURTHER_MILLIS);
                long thawed = System.nanoTime();
                frozen.thaw();
                slowest = Math.max(slowest, taken.locked() ? 0 : taken.millis());
                locked += taken.locked() ? 1 : 0;
                if (taken.millis() > TAKEN_WITHIN_MILLIS + (taken.locked() ? LOCKED_MILLIS : 0)) {
                    broken.add("others had its cursors only %d ms after a node was frozen, %s".formatted(
                            taken.millis(), taken.locked() ? "in a transaction" : "in no transaction"));
                }
                broken.addAll(trio.fresh(thawed));
            }
            Pause.millis(BEFORE_MILLIS); // who came back last has got its share by then
            broken.addAll(trio.probe(load));
            load.stop();
            broken.addAll(trio.inspect());
            return trio.stage()
                    .verdict(began, "%d times, taken over after %d ms at most (%d times locked); %s".formatted(TIMES,
                            slowest, locked, trio.note()), broken);
        }
    }
}

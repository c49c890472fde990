package io.ritsem.chaos.journal;

import java.util.List;

import io.ritsem.chaos.fault.FrozenDatabase;
import io.ritsem.chaos.fault.KilledDatabase;
import io.ritsem.chaos.fault.TerminatedBackends;
import io.ritsem.chaos.scenario.Scenario;

/** The promises of the journal. */
public final class JournalScenarios {

    private JournalScenarios() {}

    /** In the order in which they run. */
    public static List<Scenario> all() {
        return List.of(new Outage("database-killed", new KilledDatabase()),
                new Outage("database-frozen", new FrozenDatabase()),
                new Outage("backends-terminated", new TerminatedBackends()), new StaleRow(), new CutAtCommit(),
                new SentTwice(), new TwoOwners(), new LaneHeld(), new NodeKilled(), new RecoveringEntity(),
                TransactionLeftOpen.usual(), TransactionLeftOpen.longer(), new DiskFull());
    }
}

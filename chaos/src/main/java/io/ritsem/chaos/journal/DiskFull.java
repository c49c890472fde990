package io.ritsem.chaos.journal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

import io.ritsem.chaos.fault.FullDisk;
import io.ritsem.chaos.fault.MemoryDisk;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Scenario;
import io.ritsem.chaos.scenario.Stage;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.postgres.EmbeddedDatabase;

/** The disk of the database is full for 10 s: an {@link Outage} as any other. */
final class DiskFull implements Scenario {

    @Override public String name() {
        return "disk-full";
    }

    @Override public Verdict run(Run run) throws IOException, SQLException {
        Optional<MemoryDisk> mounted = MemoryDisk.mount();
        if (mounted.isEmpty()) {
            return new Verdict.Skipped(run, "needs the right to mount a tmpfs: run it as root");
        }
        try (MemoryDisk disk = mounted.get();
                Stage stage = Stage.open(run, EmbeddedDatabase.at(disk.folder().resolve("database")),
                        Stage.Way.DIRECT)) {
            return new Outage(name(), new FullDisk(disk.folder())).on(stage);
        }
    }
}

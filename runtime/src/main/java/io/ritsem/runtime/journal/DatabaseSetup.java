package io.ritsem.runtime.journal;

import javax.sql.DataSource;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;
import org.jspecify.annotations.Nullable;

/** Hands the node's pool and what holds for its journal to those parts of an actor system that Akka creates itself. */
public final class DatabaseSetup extends Setup {

    private final DataSource dataSource;
    private final JournalInfo info;
    private final WriteFence fence;
    private @Nullable JournalWriters writers;

    public DatabaseSetup(DataSource dataSource, JournalInfo info, WriteFence fence) {
        this.dataSource = dataSource;
        this.info = info;
        this.fence = fence;
    }

    static DatabaseSetup of(ActorSystem system) {
        return system.settings()
                .setup()
                .get(DatabaseSetup.class)
                .orElseThrow(() -> new IllegalStateException("The actor system was made without DatabaseSetup"));
    }

    DataSource dataSource() {
        return dataSource;
    }

    JournalInfo info() {
        return info;
    }

    WriteFence fence() {
        return fence;
    }

    /** What writes the journal, one for all lanes: it ends with the actor system. */
    synchronized JournalWriters writers(ActorSystem system) {
        if (writers == null) {
            writers = new JournalWriters(JournalSettings.from(system.settings().config()),
                    () -> new JournalTable(dataSource, info, fence), JournalNudge.of(system)::publish);
            system.registerOnTermination(writers::stop);
        }
        return writers;
    }
}

package io.ritsem.runtime.journal;

import javax.sql.DataSource;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;

/** Hands the node's pool and what holds for its journal to those parts of an actor system that Akka creates itself. */
public final class DatabaseSetup extends Setup {

    private final DataSource dataSource;
    private final JournalInfo info;
    private final WriteFence fence;
    private final CommitTurns turns = new CommitTurns();

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

    CommitTurns turns() {
        return turns;
    }
}

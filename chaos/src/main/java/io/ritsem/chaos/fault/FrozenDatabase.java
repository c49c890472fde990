package io.ritsem.chaos.fault;

import java.util.SplittableRandom;

import io.ritsem.postgres.EmbeddedDatabase;

/** SIGSTOP for the postmaster and all its sessions, SIGCONT 15 s later: what was sent to them meanwhile happens then. */
public final class FrozenDatabase implements DatabaseFault {

    private static final int FROZEN_MILLIS = 15_000;

    @Override public long inflict(EmbeddedDatabase server, SplittableRandom random) {
        server.freeze();
        Pause.millis(FROZEN_MILLIS);
        server.thaw();
        return System.nanoTime();
    }
}

package io.ritsem.chaos.fault;

import java.util.SplittableRandom;

import io.ritsem.postgres.EmbeddedDatabase;

/** SIGKILL for the postmaster and all its sessions; it is started again 8 s later. */
public final class KilledDatabase implements DatabaseFault {

    private static final int AWAY_MILLIS = 8_000;

    @Override public long inflict(EmbeddedDatabase server, SplittableRandom random) {
        server.kill();
        Pause.millis(AWAY_MILLIS);
        server.startAgain();
        return System.nanoTime();
    }
}

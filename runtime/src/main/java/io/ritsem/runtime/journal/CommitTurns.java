package io.ritsem.runtime.journal;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The lanes of a node commit one after the other as long as they are quick: while one commits, the others gather, so the
 * batches are larger and the commits fewer. Nobody waits for a lane that is slow. Thread-safe.
 */
final class CommitTurns {

    private static final long LONGEST_WAIT_MILLIS = 2;

    private final Semaphore turn = new Semaphore(1, true);

    /** Waits for the turn, but not for long; {@link #end} is to be told what this has returned. */
    boolean await() throws InterruptedException {
        return turn.tryAcquire(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param had whether it was this lane's turn */
    void end(boolean had) {
        if (had) {
            turn.release();
        }
    }
}

package io.ritsem.projections.engine;

import java.time.Duration;

/** What views and their readers know of the tail that feeds them. Thread-safe. */
public interface TailPulse {

    /** Asks it to look at the journal soon: something may be there. */
    void wake();

    /**
     * Asks it to look after its shortest interval. Until this is closed somebody waits, and after a look that brings much it
     * does not rest for longer than that.
     */
    Hurry hurry();

    /** Somebody who waits. */
    interface Hurry extends AutoCloseable {
        @Override void close();
    }

    /**
     * For how long the tail has been unable to see the journal's end: because it cannot read, or because a transaction
     * that is still open hides what was committed after it. Zero if it saw the end a moment ago.
     */
    Duration blindness();
}

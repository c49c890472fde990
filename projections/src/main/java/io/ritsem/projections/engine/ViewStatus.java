package io.ritsem.projections.engine;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a view is doing on this node.
 *
 * @param view its name
 * @param generation the generation of its table
 * @param failure why it is stopped, else null
 * @param lag for how long its oldest event that is not applied yet has been waiting
 * @param cursors how many of its cursors this node moves
 * @param events how many events it has been given since this node started
 */
public record ViewStatus(String view, int generation, State state, @Nullable String failure, Duration lag, int cursors,
        long events) {

    /** What it does. */
    public enum State {
        /** It is built from the journal's start and not to be read yet. */
        BUILDING,
        /** It follows the journal. */
        RUNNING,
        /** It stands still because somebody wants it so. */
        PAUSED,
        /**
         * Too many keys failed, and it stands still until somebody resumes it or mends dead letters of it, or the application is
         * mended and started anew.
         */
        STOPPED
    }
}

package io.ritsem.projections.store;

/**
 * How a generation of a view stands.
 *
 * @param paused whether somebody wants it to stand still
 * @param still whether it stands still because it has just been replaced
 * @param switching what lets it serve when it is built
 * @param rate how many events a second it is built from at most, by all nodes together; 0 for no limit
 * @param revision counts what has changed its rows otherwise than by events
 * @param resumed how often somebody has resumed it
 */
public record Generation(GenerationId id, State state, boolean paused, boolean still, Switching switching, int rate,
        long revision, long resumed) {

    /** What a generation is for. */
    public enum State {
        /** It is built beside what serves, if anything does. */
        BUILDING,
        /** It answers. */
        SERVING,
        /** It has served, and is kept up to date for a while so that it could serve again at once. */
        PREVIOUS
    }

    /** What lets a generation serve when it is built. */
    public enum Switching {
        /** That it is built; but it waits if it could not apply what the serving one could. */
        AUTOMATIC,
        /** Somebody's order, for which it waits. */
        MANUAL,
        /** The order has been given. */
        ORDERED
    }
}

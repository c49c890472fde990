package io.ritsem.projections.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.Generation;

/**
 * How a generation of a view is doing, on whichever node, measured against the journal's real end. Immutable.
 *
 * <p>
 * Of a view that only another version of the application has, this node does not know which events it follows: its lag and
 * what it is behind are measured against all of them, and are upper bounds.
 *
 * @param ours whether it is of this node's version of the application
 * @param servedAt when it served first, null if it has not
 * @param lag for how long the oldest event has been waiting that it has not applied; zero if there is none
 * @param behind how many events it has not applied, of each partition's next
 *     {@value io.ritsem.runtime.journal.JournalBacklog#COUNTED} at most; all events of the journal while it is built
 * @param deadLetters how many events are parked
 * @param build how it is built, null if it is not
 */
public record ViewReport(Generation generation, boolean ours, Instant createdAt, @Nullable Instant servedAt,
        Condition condition, Duration lag, long behind, long deadLetters, @Nullable Build build,
        List<PartitionReport> partitions) {

    /**
     * How a build is going.
     *
     * @param events how many it has gone past
     * @param expected about how many there are
     * @param perSecond how many a second lately
     * @param toGo how long it will take at this rate, null if that cannot be told
     */
    public record Build(long events, long expected, long perSecond, @Nullable Duration toGo) {}

    /**
     * A partition of it.
     *
     * @param node who moves its cursor, or did last; null if nobody ever has
     * @param trouble what keeps it from being moved, null if nothing does
     */
    public record PartitionReport(int partition, Condition condition, Duration lag, long behind, @Nullable String node,
            @Nullable String trouble) {}

    /** What it does, or why it does not; of several partitions the worst. */
    public enum Condition {
        /** It has applied everything, or what came within the last moments is on its way. */
        FOLLOWING,
        /** It is built. */
        BUILDING,
        /** It moves, but not fast enough; or it was replaced a moment ago, and is not to move until every node knows. */
        BEHIND,
        /** Somebody wants it to stand still. */
        PAUSED,
        /** Events wait above the horizon: a transaction that has written to the journal and is still open hides them. */
        HELD_BACK,
        /** Its owner is there and does not move it. */
        STALLED,
        /** No node owns its cursor. */
        UNOWNED,
        /** It has met what it cannot apply, and stands still. */
        FAILING
    }
}

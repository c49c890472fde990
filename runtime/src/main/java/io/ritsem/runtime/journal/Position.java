package io.ritsem.runtime.journal;

import java.util.Comparator;

/**
 * A place in the journal, in commit order: a reader below the horizon never finds anything new before it.
 *
 * @param transactionId PostgreSQL's transaction id of the write
 * @param ordering the row's number, which orders the rows of one transaction
 */
public record Position(long transactionId, long ordering) implements Comparable<Position> {

    /** Before everything. */
    public static final Position START = new Position(0, 0);

    private static final Comparator<Position> ORDER = Comparator.comparingLong(Position::transactionId)
            .thenComparingLong(Position::ordering);

    @Override public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    /** Whether this is the place of the other or a later one. */
    public boolean hasReached(Position other) {
        return compareTo(other) >= 0;
    }
}

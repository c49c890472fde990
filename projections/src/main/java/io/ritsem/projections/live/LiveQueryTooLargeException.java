package io.ritsem.projections.live;

/** A live query that matches more than the node keeps an eye on. It has no stack trace: it is an answer. */
public final class LiveQueryTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int mostRows;
    private final long mostBytes;

    public LiveQueryTooLargeException(int mostRows, long mostBytes) {
        super("A live query matches at most %d rows of together %d bytes".formatted(mostRows, mostBytes), null, false,
                false);
        this.mostRows = mostRows;
        this.mostBytes = mostBytes;
    }

    /** How many rows may match. */
    public int mostRows() {
        return mostRows;
    }

    /** How many bytes they may have together. */
    public long mostBytes() {
        return mostBytes;
    }
}

package io.ritsem.projections.live;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** What a live reader gets at once. Immutable, shared by all readers of the same query. */
public sealed interface LiveBatch<W> {

    /**
     * Forget what came before: these are the rows.
     *
     * @param seen what the view has passed, as a consistency token
     */
    record Now<W>(List<W> rows, String seen) implements LiveBatch<W> {}

    /**
     * What has changed since.
     *
     * @param changes at least one, in order: of a key that is told of twice, the later one holds
     * @param seen what the view has passed with them, as a consistency token
     */
    record Changed<W>(List<Change<W>> changes, String seen) implements LiveBatch<W> {}

    /** Nothing comes any more. */
    record End<W>(Reason reason) implements LiveBatch<W> {}

    /** @param row as it is now; null if it is gone, or does not match any more */
    record Change<W>(String key, @Nullable W row) {}

    /** Why a reader gets no more. */
    enum Reason {
        /** The node stops. */
        STOPPING,
        /** The reader did not keep up. */
        SLOW_READER,
        /** More rows match by now than the node keeps an eye on. */
        QUERY_TOO_LARGE,
        /** The rows, which it was to get anew, take too long to be read. */
        QUERY_TOO_SLOW,
        /** The node holds as much for live readers as it may. */
        OVERLOADED,
        /** A bug, logged. */
        INTERNAL_ERROR
    }
}

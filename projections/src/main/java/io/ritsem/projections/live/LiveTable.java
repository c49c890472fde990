package io.ritsem.projections.live;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;

/** The rows of the generation of a view that serves. Thread-safe; blocking. */
public interface LiveTable<Q extends LiveQuery, W> {

    /** Counts the view's tables. */
    int generation();

    /** Counts what has changed the rows otherwise than by events. */
    long revision();

    /** How far the view has come. */
    ViewProgress progress();

    /** What the view has passed: whatever is read afterwards is at least as new. */
    ConsistencyToken passed() throws SQLException;

    /**
     * All rows of a query, at once.
     *
     * @throws LiveQueryTooLargeException if they are more rows, or more bytes, than may be
     * @throws UnavailableException if the database does not answer in time
     */
    List<LiveRow<Q, W>> matching(Q query, int mostRows, long mostBytes);

    /**
     * The rows of these keys, as many as some 8 MiB have room for, and one at least.
     *
     * @throws UnavailableException if the database does not answer in time
     */
    Rows<Q, W> rows(Collection<String> keys);

    /**
     * Rows of some keys.
     *
     * @param found those that were read, by key
     * @param all whether the others have none; else they are to be asked for again
     */
    record Rows<Q extends LiveQuery, W>(Map<String, LiveRow<Q, W>> found, boolean all) {}
}

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
     * The rows of these keys, those that there are.
     *
     * @throws UnavailableException if the database does not answer in time
     */
    Map<String, LiveRow<Q, W>> rows(Collection<String> keys);
}

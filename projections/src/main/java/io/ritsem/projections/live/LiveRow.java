package io.ritsem.projections.live;

/**
 * A row as it is now. Immutable.
 *
 * @param <Q> what is asked for
 * @param <W> the row as readers get it
 */
public interface LiveRow<Q, W> {

    /** Its key. */
    String key();

    /** What readers get. */
    W row();

    /** About how many bytes it takes. */
    int bytes();

    /** Whether a query finds it, exactly as the database would say. */
    boolean matches(Q query);
}

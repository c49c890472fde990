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

    /** Another number if it is another row to readers (the chance that it is not is one in 2<sup>64</sup>). */
    long mark();

    /** Whether a query finds it, exactly as the database would say. */
    boolean matches(Q query);
}

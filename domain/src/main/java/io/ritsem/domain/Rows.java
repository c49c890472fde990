package io.ritsem.domain;

import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a view, as a {@link KeyedView} sees them. Changes are noted down and carried out later, in order, when the
 * rows of a whole batch of events have been loaded at once: a handler says <em>which</em> key and <em>what</em> becomes
 * of its row, and never reads.
 *
 * @param <R> the row, a record
 */
public interface Rows<R> {

    /**
     * Changes the row of a key.
     *
     * @param key 1 to 512 bytes in UTF-8
     * @param change from the row (null if there is none) to the next (null for no row); pure
     */
    void update(String key, UnaryOperator<@Nullable R> change);

    /** Removes the row of a key, if there is one. */
    default void delete(String key) {
        update(key, row -> null);
    }
}

package io.ritsem.domain;

import org.jspecify.annotations.Nullable;

/**
 * A read view with one row per entity, kept under the entity's id. Pure, and one exhaustive {@code switch}: a new event
 * does not compile until the view says what it does with it.
 *
 * @param <E> the events of the entity type that it follows
 * @param <R> the row, a record
 */
@FunctionalInterface
public interface EntityView<E, R> {

    /**
     * The row after an event.
     *
     * @param row the row before it, or null if there is none
     * @return the row, or null for no row
     */
    @Nullable R apply(@Nullable R row, E event, Recorded recorded);
}

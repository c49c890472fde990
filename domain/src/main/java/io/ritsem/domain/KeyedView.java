package io.ritsem.domain;

/**
 * How a view whose rows have keys of their own follows the events of one entity type. A view has one of these for each
 * entity type that it follows. Pure, and one exhaustive {@code switch}.
 *
 * @param <E> the events of the entity type that it follows
 * @param <R> the row, a record
 */
@FunctionalInterface
public interface KeyedView<E, R> {

    /** Says what the event does to the rows. */
    void apply(E event, Recorded recorded, Rows<R> rows);
}

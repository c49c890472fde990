package io.ritsem.domain;

import java.util.List;
import java.util.Map;

/**
 * A view by its name: what it follows, what its rows look like, and which of their fields can be asked for.
 *
 * @param <R> the row, a record
 */
public sealed interface ViewDefinition<R> permits EntityViewDefinition, KeyedViewDefinition {

    /** The name under which queries know the time of a row's last event, if a view declares to be indexed by it. */
    String UPDATED_AT = "updatedAt";

    /** The name, kebab-case. */
    String name();

    /** The class of the rows, a record. */
    Class<R> row();

    /** The fields of the row that queries may filter and sort by, in order. */
    List<String> indexed();

    /** The entity types that it follows, each with the class of its events. */
    Map<String, Class<?>> follows();
}

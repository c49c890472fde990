package io.ritsem.domain;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A view with one row per entity. Confined, like its {@link Definition}, to the thread that starts a node. */
public final class EntityViewDefinition<E, R> implements ViewDefinition<R> {

    private final String name;
    private final Class<E> event;
    private final Class<R> row;
    private final EntityView<E, R> view;
    private @Nullable String entityType;
    private List<String> indexed = List.of();

    EntityViewDefinition(String name, Class<E> event, Class<R> row, EntityView<E, R> view) {
        this.name = name;
        this.event = event;
        this.row = row;
        this.view = view;
    }

    /** The entity type that it follows; it must be defined, before or after. */
    public EntityViewDefinition<E, R> of(String type) {
        entityType = type;
        return this;
    }

    /**
     * The fields of the row that queries may filter and sort by, beside the key; each becomes an index. Among them may be
     * {@link ViewDefinition#UPDATED_AT}. An index on what changes with each event makes the view slower to follow.
     */
    public EntityViewDefinition<E, R> indexedBy(String... fields) {
        indexed = List.of(fields);
        return this;
    }

    @Override public String name() {
        return name;
    }

    @Override public Class<R> row() {
        return row;
    }

    @Override public List<String> indexed() {
        return indexed;
    }

    @Override public Map<String, Class<?>> follows() {
        return entityType == null ? Map.of() : Map.of(entityType, event);
    }

    /** The view itself. */
    public EntityView<E, R> view() {
        return view;
    }
}

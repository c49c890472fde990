package io.ritsem.domain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A view whose rows have keys of their own. Confined, like its {@link Definition}, to the thread that starts a node. */
public final class KeyedViewDefinition<R> implements ViewDefinition<R> {

    private final String name;
    private final Class<R> row;
    private final Map<String, KeyedView<?, R>> handlers = new LinkedHashMap<>();
    private final Map<String, Class<?>> follows = new LinkedHashMap<>();
    private List<String> indexed = List.of();

    KeyedViewDefinition(String name, Class<R> row) {
        this.name = name;
        this.row = row;
    }

    /**
     * Follows an entity type with this handler.
     *
     * @throws IllegalArgumentException if there is a handler for it already, or the class leaves a type argument open
     */
    public <E> KeyedViewDefinition<R> on(String type, KeyedView<E, R> handler) {
        if (handlers.putIfAbsent(type, handler) != null) {
            throw new IllegalArgumentException("The view '%s' has two handlers for '%s'".formatted(name, type));
        }
        follows.put(type, TypeArguments.of(handler, KeyedView.class).getFirst());
        return this;
    }

    /**
     * The fields of the row that queries may filter and sort by, beside the key; each becomes an index. Among them may be
     * {@link ViewDefinition#UPDATED_AT}. An index on what changes with each event makes the view slower to follow.
     */
    public KeyedViewDefinition<R> indexedBy(String... fields) {
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
        return Map.copyOf(follows);
    }

    /** The handlers by entity type. */
    public Map<String, KeyedView<?, R>> handlers() {
        return Map.copyOf(handlers);
    }
}

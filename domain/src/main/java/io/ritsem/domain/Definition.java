package io.ritsem.domain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What an application consists of, by name; filled by {@link Application#define} and read by the runtime. Names are
 * stored and sent, so they are for ever. Not thread-safe: confined to the thread that starts a node.
 */
public final class Definition {

    private final Map<String, EntityDefinition<?, ?, ?>> entities = new LinkedHashMap<>();
    private final Set<String> retired = new LinkedHashSet<>();
    private final Map<String, ViewDefinition<?>> views = new LinkedHashMap<>();

    /**
     * Adds an entity type. Goes on with {@link EntityDefinition#upcast}, if it has a past.
     *
     * @param type kebab-case, at most 60 characters
     * @throws IllegalArgumentException if the name is taken or malformed, or the class leaves a type argument open
     */
    public <C, E, S> EntityDefinition<C, E, S> entity(String type, Entity<C, E, S> entity) {
        StableName.check("entity type", type);
        EntityDefinition<C, E, S> definition = new EntityDefinition<>(type, entity);
        if (entities.putIfAbsent(type, definition) != null) {
            throw new IllegalArgumentException("There are two entity types called '" + type + "'");
        }
        return definition;
    }

    /**
     * Says that an entity type is no more: its events stay in the journal, and nobody reads them. Without this, a node
     * refuses to start on a journal that holds events of a type which is not defined.
     *
     * @param type kebab-case, at most 60 characters
     * @throws IllegalArgumentException if the name is malformed
     */
    public void retired(String type) {
        retired.add(StableName.check("entity type", type));
    }

    /**
     * Adds a view with one row per entity. Goes on with {@link EntityViewDefinition#of}.
     *
     * @param name kebab-case, at most 60 characters
     * @throws IllegalArgumentException if the name is taken or malformed, or the class leaves a type argument open
     */
    public <E, R> EntityViewDefinition<E, R> view(String name, EntityView<E, R> view) {
        List<Class<?>> types = TypeArguments.of(view, EntityView.class);
        @SuppressWarnings("unchecked") EntityViewDefinition<E, R> definition = new EntityViewDefinition<>(name,
                (Class<E>) types.get(0),
                (Class<R>) types.get(1), view);
        add(definition);
        return definition;
    }

    /**
     * Adds a view whose rows have keys of their own. Goes on with {@link KeyedViewDefinition#on}.
     *
     * @param name kebab-case, at most 60 characters
     * @throws IllegalArgumentException if the name is taken or malformed
     */
    public <R> KeyedViewDefinition<R> view(String name, Class<R> row) {
        KeyedViewDefinition<R> definition = new KeyedViewDefinition<>(name, row);
        add(definition);
        return definition;
    }

    private void add(ViewDefinition<?> definition) {
        StableName.check("view's name", definition.name());
        if (views.putIfAbsent(definition.name(), definition) != null) {
            throw new IllegalArgumentException("There are two views called '" + definition.name() + "'");
        }
    }

    /** The entity types, in the order of their definition. */
    public List<EntityDefinition<?, ?, ?>> entities() {
        return List.copyOf(entities.values());
    }

    /**
     * The entity types that are no more.
     *
     * @throws IllegalArgumentException if one of them is defined
     */
    public Set<String> retired() {
        for (String type : retired) {
            if (entities.containsKey(type)) {
                throw new IllegalArgumentException(
                        "The entity type '%s' is defined and retired: it can only be one of them".formatted(type));
            }
        }
        return Set.copyOf(retired);
    }

    /**
     * The views, in the order of their definition.
     *
     * @throws IllegalArgumentException if a view follows no entity type, one that is not defined, or one whose events
     *     are of another class
     */
    public List<ViewDefinition<?>> views() {
        List<ViewDefinition<?>> complete = new ArrayList<>();
        for (ViewDefinition<?> view : views.values()) {
            if (view.follows().isEmpty()) {
                throw new IllegalArgumentException("The view '" + view.name() + "' follows no entity type: say which");
            }
            view.follows().forEach((type, event) -> checkFollows(view.name(), type, event));
            complete.add(view);
        }
        return List.copyOf(complete);
    }

    private void checkFollows(String view, String type, Class<?> event) {
        @Nullable EntityDefinition<?, ?, ?> entity = entities.get(type);
        if (entity == null) {
            throw new IllegalArgumentException(
                    "The view '%s' follows the entity type '%s', which is not defined; defined are %s"
                            .formatted(view, type, entities.keySet()));
        }
        if (!entity.event().equals(event)) {
            throw new IllegalArgumentException("The view '%s' handles %s, but the events of '%s' are %s"
                    .formatted(view, event.getName(), type, entity.event().getName()));
        }
    }
}

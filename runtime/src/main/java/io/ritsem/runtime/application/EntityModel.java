package io.ritsem.runtime.application;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.runtime.json.JsonType;

/** An entity type ready to be hosted. Immutable, thread-safe. */
public final class EntityModel<C, E, S> {

    private final EntityDefinition<C, E, S> definition;
    private final Variants<C> commands;
    private final Variants<E> events;
    private final JsonType<S> state;

    EntityModel(EntityDefinition<C, E, S> definition) {
        this.definition = definition;
        this.commands = Variants.of(definition.command());
        this.events = Variants.of(definition.event());
        this.state = JsonType.of(definition.state());
        checkInitialState();
    }

    /** A state that cannot be written would otherwise be met by the first reader or snapshot. */
    private void checkInitialState() {
        try {
            state.encode(definition.entity().initial());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its initial state cannot be written: " + e.getMessage(), e);
        }
    }

    /** The entity type's name. */
    public String type() {
        return definition.type();
    }

    /** The application's functions. */
    public Entity<C, E, S> entity() {
        return definition.entity();
    }

    /** The commands by name. */
    public Map<String, JsonType<? extends C>> commands() {
        return commands.byName();
    }

    /** The events by name. */
    public Map<String, JsonType<? extends E>> events() {
        return events.byName();
    }

    /** The name of an event. */
    public String nameOf(E event) {
        return events.nameOf(event);
    }

    /** An event's JSON. */
    public byte[] encode(E event) {
        return events.encode(event);
    }

    /** The codec of a command, or null if there is none of this name. */
    public @Nullable JsonType<? extends C> command(String name) {
        return commands.byName().get(name);
    }

    /**
     * The event of a stored JSON.
     *
     * @throws IllegalArgumentException if there is no event of this name, or the JSON is not its
     */
    public E decodeEvent(String name, byte[] json) {
        return events.decodeStored(name, json);
    }

    /** The codec of the state. */
    public JsonType<S> state() {
        return state;
    }
}

package io.ritsem.runtime.application;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.domain.StableName;
import io.ritsem.runtime.json.JsonType;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

/** An entity type ready to be hosted. Immutable, thread-safe. */
public final class EntityModel<C, E, S> {

    private final EntityDefinition<C, E, S> definition;
    private final Variants<C> commands;
    private final Variants<E> events;
    private final StoredEvents<E> stored;
    private final Map<Class<?>, Integer> versions;
    private final JsonType<S> state;

    EntityModel(EntityDefinition<C, E, S> definition) {
        this.definition = definition;
        this.commands = Variants.of(definition.command());
        this.events = Variants.of(definition.event());
        this.stored = new StoredEvents<>(definition.type(), events, definition.upcasters());
        this.versions = events.types()
                .keySet()
                .stream()
                .collect(toUnmodifiableMap(type -> type, StableName::versionOf));
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

    /** The records that a stored event is read as: those that a version may stand on. */
    Set<Class<?>> eventRecords() {
        return stored.records();
    }

    /** The application's own types that its commands, events and state consist of. */
    Set<Class<?>> classes() {
        return Stream.of(commands.classes(), stored.classes(), state.classes())
                .flatMap(Set::stream)
                .collect(toUnmodifiableSet());
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

    /** The version that an event is written as. */
    public int versionOf(E event) {
        return requireNonNull(versions.get(event.getClass()));
    }

    /** All versions of events that can be read: the current ones, then those that are upcast. */
    public List<ReadableEvent> readable() {
        return stored.readable();
    }

    /** Whether a stored event of this name and version can be read. */
    public boolean reads(String event, int version) {
        return stored.reads(event, version);
    }

    /**
     * The current events that a stored one stands for: itself, or what its upcaster makes of it. The one way to read what
     * is stored.
     *
     * @throws UnreadableEventException if nothing reads this name and version, or the JSON is not its
     */
    public List<E> decodeEvent(String event, int version, byte[] json) {
        return stored.read(event, version, json);
    }

    /** The state after a stored event, as {@link #decodeEvent} reads it. */
    public S evolve(S before, String event, int version, byte[] json) {
        S after = before;
        for (E current : decodeEvent(event, version, json)) {
            after = entity().evolve(after, current);
        }
        return after;
    }

    /** The codec of the state. */
    public JsonType<S> state() {
        return state;
    }
}

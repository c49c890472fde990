package io.ritsem.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An entity type by its name, with the classes that its type arguments stand for. Confined, like its {@link Definition},
 * to the thread that starts a node.
 */
public final class EntityDefinition<C, E, S> {

    private final String type;
    private final Entity<C, E, S> entity;
    private final List<Class<?>> arguments;
    private final List<Upcaster<?, E>> upcasters = new ArrayList<>();

    EntityDefinition(String type, Entity<C, E, S> entity) {
        this.type = type;
        this.entity = entity;
        this.arguments = TypeArguments.of(entity, Entity.class);
    }

    /**
     * Reads the stored events of another version as the current ones that they stand for: one, several, or none if they
     * mean nothing any more. The other version is a record of its own that has the event's name and that version, and is
     * not among the current events:
     *
     * <pre>{@code
     * @Name("deposited") @Version(1) record DepositedV1(BigDecimal amount) {}
     * ...
     * app.entity("account", new Account()).upcast(DepositedV1.class, old -> List.of(new Deposited(old.amount(), "")));
     * }</pre>
     *
     * <p>
     * It may be an older version, an event that is no more, or a newer version that a later release will write. Pure, as
     * {@link Entity#evolve}, and for ever like that: what snapshots and views have made of an event is not made again when
     * the function changes.
     *
     * @param <O> a record, of which only the components that matter need to be there
     */
    public <O extends Record> EntityDefinition<C, E, S> upcast(Class<O> old, Function<O, List<? extends E>> upcast) {
        upcasters.add(new Upcaster<>(old, upcast));
        return this;
    }

    /** The name, kebab-case. */
    public String type() {
        return type;
    }

    /** The class of {@code C}, a sealed interface of records (or one record). */
    @SuppressWarnings("unchecked") public Class<C> command() {
        return (Class<C>) arguments.get(0);
    }

    /** The class of {@code E}, a sealed interface of records (or one record). */
    @SuppressWarnings("unchecked") public Class<E> event() {
        return (Class<E>) arguments.get(1);
    }

    /** The class of {@code S}, a record. */
    @SuppressWarnings("unchecked") public Class<S> state() {
        return (Class<S>) arguments.get(2);
    }

    /** The application's functions. */
    public Entity<C, E, S> entity() {
        return entity;
    }

    /** How other versions of its events are read. */
    public List<Upcaster<?, E>> upcasters() {
        return List.copyOf(upcasters);
    }
}

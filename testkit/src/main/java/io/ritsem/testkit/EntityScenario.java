package io.ritsem.testkit;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Decision.Accepted;
import io.ritsem.domain.Decision.Rejected;
import io.ritsem.domain.Entity;

/**
 * An entity with a past, ready to be sent a command. Immutable: each step gives a new scenario, so a common past can be
 * kept in a field and shared by all tests.
 *
 * <pre>{@code
 * EntityScenario.of(new Account())
 *         .given(new Opened("alice", ZERO))
 *         .when(new Deposit(TEN, "salary"))
 *         .then(new Deposited(TEN, "salary"));
 * }</pre>
 *
 * <p>
 * Unless said otherwise the entity's id is {@code an-id}, the time is 2000-01-01T00:00:00Z, and the caller is not known.
 *
 * @param <C> the commands
 * @param <E> the events
 * @param <S> the state
 */
public final class EntityScenario<C, E, S> {

    private final Entity<C, E, S> entity;
    private final S state;
    private final Context context;

    private EntityScenario(Entity<C, E, S> entity, S state, Context context) {
        this.entity = entity;
        this.state = state;
        this.context = context;
    }

    /** The entity before its first event. */
    public static <C, E, S> EntityScenario<C, E, S> of(Entity<C, E, S> entity) {
        return new EntityScenario<>(entity, entity.initial(),
                new Context(Defaults.ID, 0, Defaults.TIME, null, null));
    }

    /** The same past, of an entity with this id. */
    public EntityScenario<C, E, S> withId(String id) {
        return in(new Context(id, context.version(), context.time(), context.caller(), context.trace()));
    }

    /** Commands are decided at this time, until another is said. */
    public EntityScenario<C, E, S> at(Instant time) {
        return in(new Context(context.id(), context.version(), time, context.caller(), context.trace()));
    }

    /** Commands are sent by this caller, until another is said. */
    public EntityScenario<C, E, S> by(String caller) {
        return in(new Context(context.id(), context.version(), context.time(), caller, context.trace()));
    }

    /** These events have been recorded, after those given before. */
    @SafeVarargs @SuppressWarnings("varargs") // the array is only read
    public final EntityScenario<C, E, S> given(E... events) {
        return recorded(List.of(events));
    }

    /** Sends a command and goes on with what came of it. */
    public EntityOutcome<C, E, S> when(C command) {
        Decision<? extends E> decision = entity.decide(state, command, context);
        EntityScenario<C, E, S> next = switch (decision) {
            case Accepted<? extends E> accepted -> recorded(accepted.events());
            case Rejected<? extends E> _ -> this;
        };
        return new EntityOutcome<>(command, decision, this, next);
    }

    /**
     * Holds if the given events lead to this state.
     *
     * @throws AssertionError if they lead to another
     */
    public EntityScenario<C, E, S> thenState(S expected) {
        Mismatch.check("state", expected, state);
        return this;
    }

    S state() {
        return state;
    }

    private EntityScenario<C, E, S> recorded(Iterable<? extends E> events) {
        S evolved = state;
        long version = context.version();
        for (E event : events) {
            evolved = entity.evolve(evolved, event);
            version++;
        }
        @Nullable String caller = context.caller();
        return new EntityScenario<>(entity, evolved,
                new Context(context.id(), version, context.time(), caller, context.trace()));
    }

    private EntityScenario<C, E, S> in(Context changed) {
        return new EntityScenario<>(entity, state, changed);
    }
}

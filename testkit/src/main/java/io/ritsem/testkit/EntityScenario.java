package io.ritsem.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Decision.Accepted;
import io.ritsem.domain.Decision.Rejected;
import io.ritsem.domain.Entity;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;

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
    private final @Nullable EntityModel<C, E, S> model;
    private final S state;
    private final Context context;

    private EntityScenario(Entity<C, E, S> entity, @Nullable EntityModel<C, E, S> model, S state, Context context) {
        this.entity = entity;
        this.model = model;
        this.state = state;
        this.context = context;
    }

    /** The entity before its first event. */
    public static <C, E, S> EntityScenario<C, E, S> of(Entity<C, E, S> entity) {
        return new EntityScenario<>(entity, null, entity.initial(),
                new Context(Defaults.ID, 0, Defaults.TIME, null, null));
    }

    /**
     * The entity before its first event, as an application defines it: its upcasters can be tested with
     * {@link #givenStored}.
     *
     * @param entity the class of the one that the application defines
     * @throws IllegalArgumentException if it does not define one of this class, or several, or cannot be served
     */
    public static <C, E, S> EntityScenario<C, E, S> of(Application application,
            Class<? extends Entity<C, E, S>> entity) {
        List<EntityModel<?, ?, ?>> found = ApplicationModel.of(application)
                .entities()
                .values()
                .stream()
                .filter(model -> entity.isInstance(model.entity()))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException("the application defines %d entity types by %s, not one: %s".formatted(
                    found.size(), entity.getName(), found.stream().map(EntityModel::type).toList()));
        }
        @SuppressWarnings("unchecked") // the class says what its type arguments are
        EntityModel<C, E, S> model = (EntityModel<C, E, S>) found.getFirst();
        return new EntityScenario<>(model.entity(), model, model.entity().initial(),
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

    /**
     * This event has been recorded, by whatever release, after those given before; it is read as the application's upcasters
     * say. It counts as one event of the entity's version, however many current ones it stands for.
     *
     * @param json what was stored
     * @throws IllegalArgumentException if the application does not read this name and version, or not this JSON
     * @throws IllegalStateException if the scenario is of an entity without its application
     */
    public EntityScenario<C, E, S> givenStored(String event, int version, String json) {
        if (model == null) {
            throw new IllegalStateException("the application knows how stored events are read: begin with "
                    + "EntityScenario.of(new YourApplication(), %s.class)"
                            .formatted(entity.getClass().getSimpleName()));
        }
        S evolved = model.evolve(state, event, version, json.getBytes(StandardCharsets.UTF_8));
        return new EntityScenario<>(entity, model, evolved, new Context(context.id(), context.version() + 1,
                context.time(), context.caller(), context.trace()));
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
        return new EntityScenario<>(entity, model, evolved,
                new Context(context.id(), version, context.time(), caller, context.trace()));
    }

    private EntityScenario<C, E, S> in(Context changed) {
        return new EntityScenario<>(entity, model, state, changed);
    }
}

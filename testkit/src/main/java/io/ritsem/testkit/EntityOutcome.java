package io.ritsem.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Decision;
import io.ritsem.domain.Decision.Accepted;
import io.ritsem.domain.Decision.Rejected;

/**
 * What came of a command: say what must hold, then go on with the next command, if there is one. Immutable.
 *
 * <pre>{@code
 * openAccount.when(new Withdraw(TEN, "rent")).thenRejected("insufficient-funds")
 *         .when(new Deposit(TEN, "salary")).then(new Deposited(TEN, "salary"))
 *         .when(new Withdraw(TEN, "rent")).then(new Withdrawn(TEN, "rent"));
 * }</pre>
 *
 * <p>
 * Every {@code then} throws an {@link AssertionError} if it does not hold.
 */
public final class EntityOutcome<C, E, S> {

    private final C command;
    private final Decision<? extends E> decision;
    private final EntityScenario<C, E, S> before;
    private final EntityScenario<C, E, S> after;

    EntityOutcome(C command, Decision<? extends E> decision, EntityScenario<C, E, S> before,
            EntityScenario<C, E, S> after) {
        this.command = command;
        this.decision = decision;
        this.before = before;
        this.after = after;
    }

    /** Holds if the command was accepted with exactly these events, in this order. */
    @SafeVarargs @SuppressWarnings("varargs") // the array is only read
    public final EntityOutcome<C, E, S> then(E... events) {
        check("events", List.of(events), accepted(List.of(events)).events());
        return this;
    }

    /** Holds if the command was accepted, and there is nothing to record. */
    public EntityOutcome<C, E, S> thenNothing() {
        check("events", List.of(), accepted("nothing to record").events());
        return this;
    }

    /** Holds if the command was rejected with this code. */
    public EntityOutcome<C, E, S> thenRejected(String code) {
        check("rejection code", code, rejected(code).code());
        return this;
    }

    /** Holds if the command was rejected with this code and exactly these details. */
    public EntityOutcome<C, E, S> thenRejected(String code, Map<String, ?> details) {
        thenRejected(code);
        check("rejection details", details, rejected(code).details());
        return this;
    }

    /** Holds if the command was accepted with this value for the caller. */
    public EntityOutcome<C, E, S> thenReply(Object reply) {
        check("reply", reply, accepted(reply).reply());
        return this;
    }

    /** Holds if the entity is now in this state; after a rejection it is the one from before. */
    public EntityOutcome<C, E, S> thenState(S state) {
        check("state", state, after.state());
        return this;
    }

    /** The next command is decided at this time. */
    public EntityScenario<C, E, S> at(Instant time) {
        return after.at(time);
    }

    /** The next command is sent by this caller. */
    public EntityScenario<C, E, S> by(String caller) {
        return after.by(caller);
    }

    /** These events are recorded next, after those that the command led to. */
    @SafeVarargs @SuppressWarnings("varargs") // the array is only read
    public final EntityScenario<C, E, S> given(E... events) {
        return after.given(events);
    }

    /** Sends the next command, to the entity as this one left it. */
    public EntityOutcome<C, E, S> when(C next) {
        return after.when(next);
    }

    private Accepted<? extends E> accepted(Object expected) {
        return switch (decision) {
            case Accepted<? extends E> accepted -> accepted;
            case Rejected<? extends E> rejected -> throw mismatch("decision", expected, rejected);
        };
    }

    private Rejected<? extends E> rejected(String code) {
        return switch (decision) {
            case Rejected<? extends E> rejected -> rejected;
            case Accepted<? extends E> accepted -> throw mismatch("decision", "a rejection: " + code,
                    accepted.events());
        };
    }

    private void check(String what, Object expected, @Nullable Object actual) {
        if (!expected.equals(actual)) {
            throw mismatch(what, expected, actual);
        }
    }

    private AssertionError mismatch(String what, Object expected, @Nullable Object actual) {
        return Mismatch.of(what, expected, actual, "when " + command, "on " + before.state());
    }
}

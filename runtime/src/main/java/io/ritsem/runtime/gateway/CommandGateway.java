package io.ritsem.runtime.gateway;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventPage;

/**
 * The write side's one door. Thread-safe; nothing blocks; every stage completes by the deadline or a moment later, on a
 * thread that must not be blocked either.
 */
public interface CommandGateway {

    /**
     * The most bytes of a command's body, of a state that is read, and of all of an answer: what is larger would not pass
     * between two nodes, and is the same at an entity's own node, so that nobody relies on where an entity lives.
     */
    int LARGEST_MESSAGE = 4 << 20;

    /** Sends a command. The stage never fails: what goes wrong is an outcome. */
    CompletionStage<CommandOutcome> submit(CommandRequest request);

    /**
     * An entity's state now, from the entity itself. Fails with {@link UnavailableException}, and with
     * {@link StateTooLargeException} if it is over {@link #LARGEST_MESSAGE}.
     */
    CompletionStage<EntityState> state(EntityId entity, Instant deadline);

    /** Its state at a past version, or null if there is none so late. Fails with {@link UnavailableException}. */
    CompletionStage<@Nullable EntityState> stateAt(EntityId entity, long version, Instant deadline);

    /** Its state at a moment, or null if there was none yet. Fails with {@link UnavailableException}. */
    CompletionStage<@Nullable EntityState> stateAt(EntityId entity, Instant time, Instant deadline);

    /** Its events after a sequence, in order, at most {@code limit} and 8 MiB. Fails with {@link UnavailableException}. */
    CompletionStage<EventPage> events(EntityId entity, long after, int limit, Instant deadline);
}

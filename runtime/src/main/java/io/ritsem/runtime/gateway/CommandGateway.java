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

    /** Sends a command. The stage never fails: what goes wrong is an outcome. */
    CompletionStage<CommandOutcome> submit(CommandRequest request);

    /** An entity's state now, from the entity itself. Fails with {@link UnavailableException}. */
    CompletionStage<EntityState> state(EntityId entity, Instant deadline);

    /** Its state at a past version, or null if there is none so late. Fails with {@link UnavailableException}. */
    CompletionStage<@Nullable EntityState> stateAt(EntityId entity, long version, Instant deadline);

    /** Its state at a moment, or null if there was none yet. Fails with {@link UnavailableException}. */
    CompletionStage<@Nullable EntityState> stateAt(EntityId entity, Instant time, Instant deadline);

    /** Its events after a sequence, in order, at most {@code limit} and 8 MiB. Fails with {@link UnavailableException}. */
    CompletionStage<EventPage> events(EntityId entity, long after, int limit, Instant deadline);
}

package io.ritsem.runtime.gateway;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EntityId;

/**
 * One command on its way to an entity. Its body stays JSON until it is decoded, once, on the entity's node.
 *
 * @param entity to whom
 * @param command the command's name, kebab-case
 * @param body the command's fields, a JSON object in UTF-8, at most {@link CommandGateway#LARGEST_MESSAGE}
 * @param key the idempotency key, 1 to 255 characters, or null
 * @param precondition what must hold of the version
 * @param dryRun decide, but store nothing
 * @param returnState answer with the state, too
 * @param deadline past it the entity does not decide any more
 */
public record CommandRequest(EntityId entity, String command, byte[] body, @Nullable String key,
        Precondition precondition, boolean dryRun, boolean returnState, Instant deadline, Caller caller) {

    public CommandRequest {
        if (body.length > CommandGateway.LARGEST_MESSAGE) {
            throw new IllegalArgumentException("A body of %d bytes; at most %d pass between nodes"
                    .formatted(body.length, CommandGateway.LARGEST_MESSAGE));
        }
    }

    /**
     * Who sends it, and in what connection.
     *
     * @param name who, or null if nobody is known
     * @param correlation what it belongs to, or null
     * @param traceparent the W3C trace context, or null
     */
    public record Caller(@Nullable String name, @Nullable String correlation, @Nullable String traceparent) {

        public static final Caller UNKNOWN = new Caller(null, null, null);
    }

    /** What must hold of the entity's version for a command to be decided. */
    public sealed interface Precondition {

        /** Nothing. */
        record None() implements Precondition {}

        /** The version is this one ({@code If-Match}); 0 is an entity without events. */
        record Version(long version) implements Precondition {}

        /** The entity has no event yet ({@code If-None-Match: *}). */
        record Absent() implements Precondition {}

        Precondition NONE = new None();
    }
}

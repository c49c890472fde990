package io.ritsem.runtime.journal;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What is recorded about an event beside its data.
 *
 * @param time when it was decided, UTC, to the microsecond
 * @param caller who sent the command, if known
 * @param correlation what the command belongs to, as the caller says, if it does
 * @param causation the command's own id, the same for all of its events
 * @param traceparent the W3C trace context of the command, if there was one
 * @param spentKey on the first event of a command that came with an idempotency key, what a replay needs; else null
 */
public record EventMetadata(Instant time, @Nullable String caller, @Nullable String correlation, UUID causation,
        @Nullable String traceparent, @Nullable SpentKey spentKey) {}

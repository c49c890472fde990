package io.ritsem.projections.store;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.Position;

/**
 * An event that waits until it can be applied.
 *
 * @param position its place in the journal, in whose order dead letters are applied
 * @param partition the entity's partition
 * @param sequence its place among the entity's events
 * @param time when it was recorded
 * @param failure why it could not be applied; null if it was not tried, since it waits behind an earlier one
 * @param attempts how often it was tried
 * @param edited the event's JSON as it is to be taken instead, or null
 * @param parkedAt since when it waits
 */
public record DeadLetter(Position position, int partition, EntityId entity, long sequence, Instant time,
        @Nullable Failure failure, int attempts, byte @Nullable [] edited, Instant parkedAt) {}

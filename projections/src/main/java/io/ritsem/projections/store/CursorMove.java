package io.ritsem.projections.store;

import io.ritsem.runtime.journal.Position;

/**
 * A cursor's move, valid only if it still stands where it is thought to and has still the same owner.
 *
 * @param partition the cursor's partition, or {@link ViewTable#ALL_PARTITIONS}
 * @param epoch the lease's epoch
 * @param events how many events of the journal lie between, whether or not the view follows them
 */
public record CursorMove(int partition, long epoch, Position from, Position to, long events) {}

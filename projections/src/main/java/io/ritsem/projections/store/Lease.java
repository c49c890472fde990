package io.ritsem.projections.store;

import io.ritsem.runtime.journal.Position;

/**
 * The right to move one cursor of a view, until it is moved by somebody else or runs out.
 *
 * @param partition the cursor's partition, or {@link ViewTable#ALL_PARTITIONS}
 * @param epoch counts the cursor's owners: another number is another owner
 * @param position where the cursor stands
 */
public record Lease(int partition, long epoch, Position position) {}

package io.ritsem.projections.query;

import org.jspecify.annotations.Nullable;

/**
 * What a view had of an entity at a place in its past.
 *
 * @param version the sequence of the entity's last event until there, 0 if it had none
 * @param row as of that event, or null if there was none
 */
public record PastRow(long version, @Nullable ViewRow row) {}

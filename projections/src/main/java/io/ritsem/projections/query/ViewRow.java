package io.ritsem.projections.query;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One row of a view.
 *
 * @param key its key; in a view of an entity, the entity's id
 * @param row its JSON, as the record's codec writes it
 * @param version the version of the entity that it was last built from; null in a view of another key
 * @param updatedAt when the event was recorded that it was last built from
 */
public record ViewRow(String key, byte[] row, @Nullable Long version, Instant updatedAt) {}

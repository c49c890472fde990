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
 * @param behind the events that it could not take, and those that wait behind them; null if there are none
 */
public record ViewRow(String key, byte[] row, @Nullable Long version, Instant updatedAt, @Nullable Behind behind) {

    /**
     * Dead letters of a row.
     *
     * @param events how many there are, counted up to 1,001: that many means 1,001 or more
     * @param since when the oldest of those that were counted was recorded; they are the first in the journal's order
     */
    public record Behind(long events, Instant since) {}
}

package io.ritsem.projections.store;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What becomes of a row.
 *
 * @param key its key
 * @param row its JSON, or null for no row
 * @param event the event that it was last built from
 */
public record StoredRow(String key, byte @Nullable [] row, RecordedEvent event) {}

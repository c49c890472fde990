package io.ritsem.projections.store;

import io.ritsem.runtime.journal.RecordedEvent;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a row.
 *
 * @param key its key
 * @param row its JSON, or null for no row
 * @param event the event that it was last built from
 */
public record StoredRow(String key, byte @Nullable [] row, RecordedEvent event) {
}

package io.ritsem.projections.store;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.RecordedEvent;

/**
 * An event that becomes a dead letter.
 *
 * @param key what it waits for
 * @param failure why it could not be applied; null if it was not tried, since it waits behind an earlier one
 * @param edited the event's JSON as it is to be taken instead, or null
 */
public record ParkedEvent(ParkedKey key, RecordedEvent event, @Nullable Failure failure, byte @Nullable [] edited) {

    /** The same with another JSON for the event. */
    public ParkedEvent with(byte @Nullable [] json) {
        return new ParkedEvent(key, event, failure, json);
    }
}

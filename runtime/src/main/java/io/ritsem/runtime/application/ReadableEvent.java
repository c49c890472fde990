package io.ritsem.runtime.application;

import io.ritsem.runtime.json.Shape;

/**
 * A version of an event that an application can read.
 *
 * @param event the event's name
 * @param version the version of its JSON, from 1
 * @param shape what it is read as
 * @param current whether it is what the application writes; else it is upcast
 */
public record ReadableEvent(String event, int version, Shape shape, boolean current) {

    /** As it stands in a manifest: {@code deposited/1}. */
    @Override public String toString() {
        return event + '/' + version;
    }
}

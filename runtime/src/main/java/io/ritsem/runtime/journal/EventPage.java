package io.ritsem.runtime.journal;

import java.util.List;

/**
 * Some of an entity's events. Immutable.
 *
 * @param events in order; empty only if there are none
 * @param more whether there may be more after them
 */
public record EventPage(List<RecordedEvent> events, boolean more) {}

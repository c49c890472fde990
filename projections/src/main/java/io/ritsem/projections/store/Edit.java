package io.ritsem.projections.store;

import io.ritsem.runtime.journal.EntityId;

/**
 * Another JSON for one event that waits as a dead letter; the journal keeps its own.
 *
 * @param sequence the event's place among its entity's
 * @param json of the form of the event's name and version
 */
public record Edit(EntityId entity, long sequence, byte[] json) {}

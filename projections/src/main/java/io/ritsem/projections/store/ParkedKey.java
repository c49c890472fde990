package io.ritsem.projections.store;

import io.ritsem.runtime.journal.EntityId;

/**
 * What dead letters of a view belong to, and later events wait for.
 *
 * @param byEntity whether it is an entity, since a handler failed before it named rows; else it is a row
 * @param key the row's key, or the entity's {@code type|id}
 */
public record ParkedKey(boolean byEntity, String key) {

    /** A row's. */
    public static ParkedKey row(String key) {
        return new ParkedKey(false, key);
    }

    /** An entity's. */
    public static ParkedKey entity(EntityId entity) {
        return new ParkedKey(true, entity.persistenceId());
    }

    @Override public String toString() {
        return (byEntity ? "the entity " : "the row ") + key;
    }
}

package io.ritsem.projections.engine;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.EntityId;

/** Keys of a view whose events wait as dead letters. Confined to who applies events. */
final class ParkedKeys {

    private final Set<String> rows = new HashSet<>();
    private final Set<String> entities = new HashSet<>();

    void add(ParkedKey key) {
        (key.byEntity() ? entities : rows).add(key.key());
    }

    void replaceBy(Collection<ParkedKey> keys) {
        rows.clear();
        entities.clear();
        keys.forEach(this::add);
    }

    boolean hasRow(String key) {
        return rows.contains(key);
    }

    boolean hasEntity(EntityId entity) {
        return !entities.isEmpty() && entities.contains(entity.persistenceId());
    }

    boolean has(ParkedKey key) {
        return (key.byEntity() ? entities : rows).contains(key.key());
    }

    int size() {
        return rows.size() + entities.size();
    }
}

package io.ritsem.runtime.entity;

import io.ritsem.runtime.journal.EntityId;

/** A command was to be refused whose key is spent: by another node since this one recovered, or before its window. */
final class KeySpentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KeySpentException(EntityId id, long sequence) {
        super("%s %d has spent a key that was unknown here".formatted(id.persistenceId(), sequence));
    }
}

package io.ritsem.runtime.entity;

import io.ritsem.runtime.journal.EntityId;

/** The keys that an entity has spent could not be loaded, so it may not decide. */
final class KeysUnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KeysUnreadableException(EntityId id, Throwable cause) {
        super("Cannot load the spent keys of " + id.persistenceId(), cause);
    }
}

package io.ritsem.runtime.entity;

import io.ritsem.runtime.journal.EntityId;

/** The journal could not be asked for what an entity has to know before it answers, such as the keys that it has spent. */
final class JournalNotAskedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JournalNotAskedException(EntityId id, Throwable cause) {
        super("Cannot ask the journal about " + id.persistenceId(), cause);
    }
}

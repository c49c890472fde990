package io.ritsem.runtime.entity;

import io.ritsem.runtime.journal.EntityId;

/** The journal holds events of an entity that its memory does not know: a write has come late, or another node owns it. */
final class OvertakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OvertakenException(EntityId id, long known, long stored) {
        super("%s has come to %d in the journal, but to %d here".formatted(id.persistenceId(), stored, known));
    }
}

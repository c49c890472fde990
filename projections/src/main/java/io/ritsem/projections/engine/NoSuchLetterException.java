package io.ritsem.projections.engine;

import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.EntityId;

/** An event that is not among the dead letters of a key. */
public final class NoSuchLetterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuchLetterException(EntityId entity, long sequence, ParkedKey key) {
        super("Event %d of %s is not among the dead letters of %s".formatted(sequence, entity.persistenceId(), key));
    }
}

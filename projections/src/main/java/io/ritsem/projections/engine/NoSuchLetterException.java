package io.ritsem.projections.engine;

import io.ritsem.projections.store.DeadLetter;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalReader.Place;

/** An event that is not among the dead letters of a key. */
public final class NoSuchLetterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuchLetterException(EntityId entity, long sequence, ParkedKey key) {
        super("Event %d of %s is not among the dead letters of %s".formatted(sequence, entity.persistenceId(), key));
    }

    NoSuchLetterException(Place skipped, DeadLetter first, ParkedKey key) {
        super("Event %d of %s is not the first dead letter of %s, which is event %d of %s".formatted(skipped.sequence(),
                skipped.entity().persistenceId(), key, first.sequence(), first.entity().persistenceId()));
    }
}

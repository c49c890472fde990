package io.ritsem.runtime.entity;

import io.ritsem.runtime.application.UnreadableEventException;
import io.ritsem.runtime.journal.EntityId;

/** One of its events cannot be read by this release, so nobody can say what the entity's state is. */
final class UnreadableEntityException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient EntityId entity;

    UnreadableEntityException(EntityId entity, long sequence, UnreadableEventException why) {
        super("The event %d of %s cannot be read, and so neither can the entity: %s. "
                .formatted(sequence, entity.persistenceId(), why.getMessage())
                + "Its record must take what is stored, or an upcaster read it: docs/evolving-events.md", why);
        this.entity = entity;
    }

    EntityId entity() {
        return entity;
    }
}

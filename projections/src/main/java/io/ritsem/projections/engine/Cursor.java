package io.ritsem.projections.engine;

import io.ritsem.projections.store.CursorMove;
import io.ritsem.projections.store.Lease;
import io.ritsem.runtime.journal.Position;

/**
 * A cursor that this node may move. Immutable.
 *
 * @param stored where it stands in the database
 * @param passed how far the view has really come: at or beyond {@code stored}, with no followed event in between
 * @param overtook how many events lie in between, which a restart would read again
 */
record Cursor(int partition, long epoch, Position stored, Position passed, long overtook) {

    Cursor {
        if (!passed.hasReached(stored)) {
            throw new IllegalStateException(
                    "The cursor of partition %d would go back from %s to %s, and events be applied again"
                            .formatted(partition, stored, passed));
        }
    }

    static Cursor of(Lease lease) {
        return new Cursor(lease.partition(), lease.epoch(), lease.position(), lease.position(), 0);
    }

    /** @param events how many events lie between where it has passed and there */
    CursorMove moveTo(Position to, long events) {
        return new CursorMove(partition, epoch, stored, to, overtook + events);
    }

    Cursor movedTo(Position to) {
        return new Cursor(partition, epoch, to, to, 0);
    }

    Cursor passedTo(Position to, long events) {
        return new Cursor(partition, epoch, stored, to, overtook + events);
    }
}

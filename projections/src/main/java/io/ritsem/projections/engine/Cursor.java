package io.ritsem.projections.engine;

import io.ritsem.projections.store.CursorMove;
import io.ritsem.projections.store.Lease;
import io.ritsem.runtime.journal.Position;

/**
 * A cursor that this node may move. Immutable.
 *
 * @param stored where it stands in the database
 * @param passed how far the view has really come: at or beyond {@code stored}, with no followed event in between
 * @param overtook whether any event lies in between, so that a restart would read it again
 */
record Cursor(int partition, long epoch, Position stored, Position passed, boolean overtook) {

    static Cursor of(Lease lease) {
        return new Cursor(lease.partition(), lease.epoch(), lease.position(), lease.position(), false);
    }

    CursorMove moveTo(Position to) {
        return new CursorMove(partition, epoch, stored, to);
    }

    Cursor movedTo(Position to) {
        return new Cursor(partition, epoch, to, to, false);
    }

    Cursor passedTo(Position to, boolean overEvents) {
        return new Cursor(partition, epoch, stored, to, overtook || overEvents);
    }
}

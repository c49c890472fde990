package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.ritsem.runtime.journal.Position;

/**
 * A transaction that works on the dead letters of one key, while the cursor that guards the key's rows cannot move.
 * Confined to it.
 */
public final class Repair {

    private final Connection connection;
    private final ViewTable<?> table;
    private final ParkedKey key;
    private boolean changed; // rows, or what waits for them

    Repair(Connection connection, ViewTable<?> table, ParkedKey key) {
        this.connection = connection;
        this.table = table;
        this.key = key;
    }

    /** As {@link DeadLetterStore#letters}. */
    public List<DeadLetter> letters(int limit) throws SQLException {
        return DeadLetterRows.letters(connection, table, key, limit);
    }

    /** Gives one of the key's events another JSON; false if it is not among them. */
    public boolean edit(Edit edit) throws SQLException {
        return DeadLetterRows.edit(connection, table, key, edit);
    }

    /** The rows of these keys as JSON, those that there are. */
    public Map<String, byte[]> rows(Collection<String> keys) throws SQLException {
        return keys.isEmpty() ? Map.of() : ViewRows.load(connection, table, keys);
    }

    /** Those of some rows that are parked. */
    public Set<String> parkedRows(Collection<String> keys) throws SQLException {
        return DeadLetterRows.parkedRows(connection, table, keys);
    }

    /** Writes rows, and parks events for other keys. */
    public void write(List<StoredRow> rows, List<ParkedEvent> parked) throws SQLException {
        changed |= !rows.isEmpty() || !parked.isEmpty();
        ViewRows.write(connection, table, rows);
        if (!DeadLetterRows.insert(connection, table, parked)) {
            throw new IllegalStateException(table.id() + " is gone, although its view is locked");
        }
    }

    /** The key's dead letters up to a place, inclusively, are done with. */
    public void delete(Position upTo) throws SQLException {
        changed = true;
        DeadLetterRows.delete(connection, table, key, upTo);
    }

    /** A dead letter has failed once more. */
    public void fail(Position letter, Failure failure) throws SQLException {
        DeadLetterRows.fail(connection, table, key, letter, failure);
    }

    /**
     * Notes down what was done and why.
     *
     * @param details a JSON object
     */
    public void audit(String action, String reason, String details) throws SQLException {
        AuditLog.write(connection, action, "view " + table.view(), reason, details);
    }

    /**
     * Locks the cursor and raises its lease's epoch, so that a worker that does not know about this yet cannot move it, and
     * reads anew which keys are parked. The view's generations are locked first, as for whoever switches or drops one.
     *
     * @return false if there is no such generation any more
     */
    boolean begin(int partition) throws SQLException {
        Generations.lock(connection, table.view());
        String cursor = """
                        UPDATE ritsem.view_cursor SET lease_epoch = lease_epoch + 1
                         WHERE view = ? AND generation = ? AND partition = ?
                        """;
        try (PreparedStatement raise = connection.prepareStatement(cursor)) {
            raise.setString(1, table.view());
            raise.setInt(2, table.generation());
            raise.setInt(3, table.keyed() ? ViewTable.ALL_PARTITIONS : partition);
            return raise.executeUpdate() == 1;
        }
    }

    /** Tells live readers, if rows or what waits for them have changed otherwise than by an event. */
    void end() throws SQLException {
        if (!changed) {
            return;
        }
        String sql = "UPDATE ritsem.view_generation SET revision = revision + 1 WHERE view = ? AND generation = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, table.view());
            update.setInt(2, table.generation());
            update.executeUpdate();
        }
    }
}

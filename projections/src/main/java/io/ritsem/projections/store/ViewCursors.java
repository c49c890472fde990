package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ritsem.runtime.journal.Position;

/** Moves and reads the cursors of a view. Stateless. */
final class ViewCursors {

    // Locked in the order of partitions, so that two owners of overlapping sets cannot lock each other out.
    private static final String MOVE = """
                                       WITH held AS (
                                           SELECT c.partition, m.to_transaction_id, m.to_ordering
                                             FROM unnest(?::smallint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                                                  AS m (partition, lease_epoch, transaction_id, ordering, to_transaction_id, to_ordering)
                                             JOIN ritsem.view_cursor c ON c.view = ? AND c.generation = ? AND c.partition = m.partition
                                                  AND c.lease_epoch = m.lease_epoch
                                                  AND c.transaction_id = m.transaction_id AND c.ordering = m.ordering
                                            ORDER BY c.partition FOR UPDATE OF c)
                                       UPDATE ritsem.view_cursor c
                                          SET transaction_id = held.to_transaction_id, ordering = held.to_ordering,
                                              lease_until = now() + ? * interval '1 millisecond', updated_at = now()
                                         FROM held
                                        WHERE c.view = ? AND c.generation = ? AND c.partition = held.partition
                                       """;

    private ViewCursors() {}

    /** Moves them all, or says false: then one of them stands elsewhere or has another owner; roll back. */
    static boolean move(Connection connection, ViewTable<?> table, List<CursorMove> moves, Duration lease)
            throws SQLException {
        int size = moves.size();
        Short[] partitions = new Short[size];
        Long[][] columns = new Long[5][size];
        for (int i = 0; i < size; i++) {
            CursorMove move = moves.get(i);
            partitions[i] = (short) move.partition();
            columns[0][i] = move.epoch();
            columns[1][i] = move.from().transactionId();
            columns[2][i] = move.from().ordering();
            columns[3][i] = move.to().transactionId();
            columns[4][i] = move.to().ordering();
        }
        try (PreparedStatement update = connection.prepareStatement(MOVE)) {
            update.setArray(1, connection.createArrayOf("smallint", partitions));
            for (int i = 0; i < columns.length; i++) {
                update.setArray(i + 2, connection.createArrayOf("bigint", columns[i]));
            }
            update.setString(7, table.view());
            update.setInt(8, table.generation());
            update.setLong(9, lease.toMillis());
            update.setString(10, table.view());
            update.setInt(11, table.generation());
            return update.executeUpdate() == size;
        }
    }

    /** Where they stand, by partition. */
    static Map<Integer, Position> read(Connection connection, ViewTable<?> table) throws SQLException {
        String sql = "SELECT partition, transaction_id, ordering FROM ritsem.view_cursor WHERE view = ? AND generation = ?";
        Map<Integer, Position> positions = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, table.view());
            select.setInt(2, table.generation());
            try (ResultSet cursors = select.executeQuery()) {
                while (cursors.next()) {
                    positions.put(cursors.getInt(1), new Position(cursors.getLong(2), cursors.getLong(3)));
                }
            }
        }
        return positions;
    }
}

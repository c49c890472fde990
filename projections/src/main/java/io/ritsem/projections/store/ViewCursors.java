package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.Position;

/** Moves and reads the cursors of a view. Stateless. */
final class ViewCursors {

    // Locked in the order of partitions, so that two owners of overlapping sets cannot lock each other out.
    static final String MOVE = """
                               WITH held AS (
                                   SELECT c.partition, m.to_transaction_id, m.to_ordering, m.events
                                     FROM unnest(?::smallint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                                          AS m (partition, lease_epoch, transaction_id, ordering, to_transaction_id, to_ordering, events)
                                     JOIN ritsem.view_cursor c ON c.view = ? AND c.generation = ? AND c.partition = m.partition
                                          AND c.lease_epoch = m.lease_epoch
                                          AND c.transaction_id = m.transaction_id AND c.ordering = m.ordering
                                     JOIN ritsem.view_generation g ON g.view = c.view AND g.generation = c.generation
                                          AND (g.still_until IS NULL OR g.still_until < now())
                                    ORDER BY c.partition FOR UPDATE OF c)
                               UPDATE ritsem.view_cursor c
                                  SET transaction_id = held.to_transaction_id, ordering = held.to_ordering,
                                      events = c.events + held.events, trouble = NULL,
                                      lease_until = now() + ? * interval '1 millisecond', updated_at = now()
                                 FROM held
                                WHERE c.view = ? AND c.generation = ? AND c.partition = held.partition
                               """;

    private ViewCursors() {}

    /**
     * Sets the parameters of {@link #MOVE}, the first ones of a statement. If it does not change as many rows as there are
     * moves, one of the cursors stands elsewhere or has another owner; roll back.
     *
     * @return how many parameters these are
     */
    static int setMoves(PreparedStatement update, ViewTable<?> table, List<CursorMove> moves, Duration lease)
            throws SQLException {
        int size = moves.size();
        Short[] partitions = new Short[size];
        Long[][] columns = new Long[6][size];
        for (int i = 0; i < size; i++) {
            CursorMove move = moves.get(i);
            partitions[i] = (short) move.partition();
            columns[0][i] = move.epoch();
            columns[1][i] = move.from().transactionId();
            columns[2][i] = move.from().ordering();
            columns[3][i] = move.to().transactionId();
            columns[4][i] = move.to().ordering();
            columns[5][i] = move.events();
        }
        Connection connection = update.getConnection();
        update.setArray(1, connection.createArrayOf("smallint", partitions));
        for (int i = 0; i < columns.length; i++) {
            update.setArray(i + 2, connection.createArrayOf("bigint", columns[i]));
        }
        update.setString(8, table.view());
        update.setInt(9, table.generation());
        update.setLong(10, lease.toMillis());
        update.setString(11, table.view());
        update.setInt(12, table.generation());
        return 12;
    }

    static void trouble(Connection connection, ViewTable<?> table, Collection<Integer> partitions,
            @Nullable String trouble) throws SQLException {
        String sql = "UPDATE ritsem.view_cursor SET trouble = ? WHERE view = ? AND generation = ? AND partition = ANY (?)";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, trouble);
            update.setString(2, table.view());
            update.setInt(3, table.generation());
            update.setArray(4, connection.createArrayOf("int4", partitions.toArray()));
            update.executeUpdate();
        }
    }

    static long events(Connection connection, ViewTable<?> table) throws SQLException {
        String sql = "SELECT coalesce(sum(events), 0) FROM ritsem.view_cursor WHERE view = ? AND generation = ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, table.view());
            select.setInt(2, table.generation());
            try (ResultSet sum = select.executeQuery()) {
                sum.next();
                return sum.getLong(1);
            }
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

package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.Position;

/**
 * Compares the rows of two generations of a view in the order of their keys, some thousand at a time, each in one snapshot.
 * Thread-safe; blocking.
 *
 * <p>
 * A row that one generation has built from an event which the other has not reached says nothing: it is counted as moving.
 */
public final class GenerationDiff {

    private static final int CHUNK = 5_000;
    private final DataSource dataSource;

    public GenerationDiff(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * What was found.
     *
     * @param same how many rows are equal
     * @param changed how many are in both and differ
     * @param missing how many are only in the first
     * @param added how many are only in the second
     * @param moving how many cannot be compared now
     * @param examples some of those that differ
     * @param next the key up to which was compared, if there is more; else null
     */
    public record Found(long same, long changed, long missing, long added, long moving, List<Difference> examples,
            @Nullable String next) {}

    /** A key whose rows differ: their JSON, null where there is none. */
    public record Difference(String key, @Nullable String one, @Nullable String other) {}

    /**
     * Compares rows with keys beyond one.
     *
     * @param after a key; empty for all
     * @param most how many rows at most, about
     * @param examples how many differences to show at most
     */
    public Found compare(ViewTable<?> one, ViewTable<?> other, String after, long most, int examples)
            throws SQLException {
        Count count = new Count(examples);
        @Nullable String next = after;
        while (next != null && count.rows() < most) {
            next = chunk(one, other, next, count);
        }
        return new Found(count.same, count.changed, count.missing, count.added, count.moving, count.examples, next);
    }

    private @Nullable String chunk(ViewTable<?> one, ViewTable<?> other, String after, Count count)
            throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (PreparedStatement select = connection
                    .prepareStatement(rows(one, other))) {
                Map<Integer, Position> first = ViewCursors.read(connection, one);
                Map<Integer, Position> second = ViewCursors.read(connection, other);
                select.setString(1, after);
                select.setInt(2, CHUNK);
                select.setString(3, after);
                select.setInt(4, CHUNK);
                select.setInt(5, CHUNK);
                select.setInt(6, CHUNK);
                @Nullable String upTo = null;
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        boolean moves = ahead(one, second, rows, 5) || ahead(other, first, rows, 8);
                        count.add(rows.getString(1), rows.getString(2), rows.getString(3), rows.getBoolean(4), moves);
                        upTo = rows.getString(11);
                    }
                }
                connection.commit();
                return upTo;
            } finally {
                connection.rollback();
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.setAutoCommit(true);
            }
        }
    }

    private static String rows(ViewTable<?> one, ViewTable<?> other) {
        return """
               WITH one AS (SELECT * FROM %1$s WHERE key > ? ORDER BY key LIMIT ?),
               other AS (SELECT * FROM %2$s WHERE key > ? ORDER BY key LIMIT ?),
               upto AS (SELECT least((SELECT max(key) FROM one HAVING count(*) = ?),
                                     (SELECT max(key) FROM other HAVING count(*) = ?)) AS last)
               SELECT key, one.row::text, other.row::text, one.row IS NOT DISTINCT FROM other.row,
                      one.partition, one.transaction_id, one.ordering,
                      other.partition, other.transaction_id, other.ordering, upto.last
                 FROM upto, one FULL JOIN other USING (key)
                WHERE upto.last IS NULL OR key <= upto.last ORDER BY key
               """.formatted(one.tableName(), other.tableName());
    }

    /** Whether a row was built from an event that cursors have not reached. */
    private static boolean ahead(ViewTable<?> table, Map<Integer, Position> cursors, ResultSet row, int column)
            throws SQLException {
        int partition = row.getInt(column);
        if (row.wasNull()) {
            return false;
        }
        Position built = new Position(row.getLong(column + 1), row.getLong(column + 2));
        Position reached = cursors.getOrDefault(table.keyed() ? ViewTable.ALL_PARTITIONS : partition, Position.START);
        return !reached.hasReached(built);
    }

    /** Confined to one comparison. */
    private static final class Count {

        private final int most;
        private final List<Difference> examples = new ArrayList<>();
        private long same;
        private long changed;
        private long missing;
        private long added;
        private long moving;

        Count(int most) {
            this.most = most;
        }

        long rows() {
            return same + changed + missing + added + moving;
        }

        void add(String key, @Nullable String one, @Nullable String other, boolean equal, boolean moves) {
            if (equal) {
                same++;
                return;
            } else if (moves) {
                moving++;
                return;
            } else if (one == null) {
                added++;
            } else if (other == null) {
                missing++;
            } else {
                changed++;
            }
            if (examples.size() < most) {
                examples.add(new Difference(key, one, other));
            }
        }
    }
}

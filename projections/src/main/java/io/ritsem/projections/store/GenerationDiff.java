package io.ritsem.projections.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.Position;

/**
 * Compares the rows of two generations of a view in the order of their keys, some thousand at a time, each in one snapshot.
 * Thread-safe; blocking.
 *
 * <p>
 * What only one generation has come to says nothing, and is counted as moving: a row built from an event that the other has
 * not reached, and a row that only one has while the other is ahead of it and may have deleted it. Rows are compared in the
 * database; only those that are shown leave it.
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

    /**
     * When to end, after some thousand rows at least.
     *
     * @param rows how many at most, about
     * @param examples how many differences to show at most
     */
    public record Bounds(long rows, int examples, Duration time) {}

    /** A key whose rows differ: their JSON, null where there is none. */
    public record Difference(String key, @Nullable String one, @Nullable String other) {}

    /**
     * Compares rows with keys beyond one.
     *
     * @param after a key; empty for all
     */
    public Found compare(ViewTable<?> one, ViewTable<?> other, String after, Bounds bounds) throws SQLException {
        long begun = System.nanoTime();
        Count count = new Count(bounds.examples());
        @Nullable String next = after;
        do {
            next = chunk(one, other, next, count);
        } while (next != null && count.rows() < bounds.rows()
                && System.nanoTime() - begun < bounds.time().toNanos());
        return new Found(count.same, count.changed, count.missing, count.added, count.moving, count.examples, next);
    }

    private @Nullable String chunk(ViewTable<?> one, ViewTable<?> other, String after, Count count)
            throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (PreparedStatement select = connection
                    .prepareStatement(rows(one, other))) {
                Side first = Side.of(connection, one, other);
                Side second = Side.of(connection, other, one);
                select.setString(1, after);
                select.setInt(2, CHUNK);
                select.setString(3, after);
                select.setInt(4, CHUNK);
                select.setInt(5, CHUNK);
                select.setInt(6, CHUNK);
                @Nullable String upTo = null;
                List<String> shown = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        @Nullable Built here = first.built(rows, 3);
                        @Nullable Built there = second.built(rows, 6);
                        boolean moves = second.mayYetChange(here, there) || first.mayYetChange(there, here);
                        if (count.add(here, there, rows.getBoolean(2), moves)) {
                            shown.add(rows.getString(1));
                        }
                        upTo = rows.getString(9);
                    }
                }
                show(connection, one, other, shown).forEach(count.examples::add);
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
               SELECT key, one.row IS NOT DISTINCT FROM other.row,
                      one.partition, one.transaction_id, one.ordering,
                      other.partition, other.transaction_id, other.ordering, upto.last
                 FROM upto, one FULL JOIN other USING (key)
                WHERE upto.last IS NULL OR key <= upto.last ORDER BY key
               """.formatted(one.tableName(), other.tableName());
    }

    /** The rows themselves are read of those alone that are shown. */
    private static List<Difference> show(Connection connection, ViewTable<?> one, ViewTable<?> other,
            List<String> keys) throws SQLException {
        if (keys.isEmpty()) {
            return List.of();
        }
        Map<String, byte[]> here = ViewRows.load(connection, one, keys);
        Map<String, byte[]> there = ViewRows.load(connection, other, keys);
        return keys.stream().map(key -> new Difference(key, text(here.get(key)), text(there.get(key)))).toList();
    }

    private static @Nullable String text(byte @Nullable [] json) {
        return json == null ? null : new String(json, StandardCharsets.UTF_8);
    }

    /** The event that a row was last built from, and the partition of the cursor that has passed it. */
    private record Built(int cursor, Position event) {}

    /**
     * One of the two generations.
     *
     * @param cursors where its cursors stand
     * @param ahead those of them that have passed events which the other generation has not
     */
    private record Side(ViewTable<?> table, Map<Integer, Position> cursors, Set<Integer> ahead) {

        static Side of(Connection connection, ViewTable<?> table, ViewTable<?> other) throws SQLException {
            return new Side(table, ViewCursors.read(connection, table),
                    GenerationSwitch.behind(connection, other.id(), table.id()));
        }

        @Nullable Built built(ResultSet row, int column) throws SQLException {
            int partition = row.getInt(column);
            return row.wasNull() ? null
                    : new Built(table.keyed() ? ViewTable.ALL_PARTITIONS : partition,
                            new Position(row.getLong(column + 1), row.getLong(column + 2)));
        }

        /**
         * Whether a row of the other generation says nothing about this one, which has not reached its event; or has no such
         * row and is ahead, so that it may have deleted what the other is about to.
         */
        boolean mayYetChange(@Nullable Built others, @Nullable Built own) {
            return others != null
                    && (!cursors.getOrDefault(others.cursor(), Position.START).hasReached(others.event())
                            || (own == null && ahead.contains(others.cursor())));
        }
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

        /** Whether it is to be shown as an example. */
        boolean add(@Nullable Built one, @Nullable Built other, boolean equal, boolean moves) {
            if (equal) {
                same++;
                return false;
            } else if (moves) {
                moving++;
                return false;
            } else if (one == null) {
                added++;
            } else if (other == null) {
                missing++;
            } else {
                changed++;
            }
            return changed + missing + added <= most;
        }
    }
}

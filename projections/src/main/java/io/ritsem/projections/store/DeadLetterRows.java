package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/** Writes and reads dead letters. Stateless. */
final class DeadLetterRows {

    private static final String COLUMNS = "d.transaction_id, d.ordering, d.partition, d.persistence_id, "
            + "d.sequence_number, d.event_time, d.error, d.stack, d.attempts, d.edited, d.parked_at";

    private static final String NO_SUCH_GENERATION = "23503"; // its only foreign key
    private static final String ORDER = "d.transaction_id, d.ordering";
    private static final String OF_KEY = " WHERE d.view = ? AND d.generation = ? AND d.by_entity = ? AND d.key = ?";

    private static final String BYTES = "(coalesce(octet_length(d.stack), 0) + coalesce(octet_length(d.edited), 0))";
    private static final String FITS = " WHERE d.bytes_before < " + DeadLetterStore.LARGEST_READ;

    // From key to key by the primary key: a key of a million letters costs what a key of one costs.
    private static final String KEYS = """
                                       WITH RECURSIVE parked AS (
                                           (SELECT by_entity, key FROM ritsem.dead_letter
                                             WHERE view = ? AND generation = ? AND (by_entity, key) > (?, ?)
                                             ORDER BY by_entity, key LIMIT 1)
                                           UNION ALL
                                           SELECT n.by_entity, n.key FROM parked p CROSS JOIN LATERAL (
                                               SELECT by_entity, key FROM ritsem.dead_letter
                                                WHERE view = ? AND generation = ? AND (by_entity, key) > (p.by_entity, p.key)
                                                ORDER BY by_entity, key LIMIT 1) n)
                                       """;

    private DeadLetterRows() {}

    /** Writes them, or says false: then the generation has just been dropped; roll back. */
    static boolean insert(Connection connection, ViewTable<?> table, List<ParkedEvent> parked) throws SQLException {
        if (parked.isEmpty()) {
            return true;
        }
        String sql = """
                     INSERT INTO ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering, partition,
                         persistence_id, sequence_number, event_time, error, stack, attempts, edited)
                     SELECT ?, ?, by_entity, key, transaction_id, ordering, partition, persistence_id, sequence_number,
                            event_time, error, stack, CASE WHEN error IS NULL THEN 0 ELSE 1 END, edited
                       FROM unnest(?::boolean[], ?::text[], ?::bigint[], ?::bigint[], ?::smallint[], ?::text[], ?::bigint[],
                                   ?::timestamptz[], ?::text[], ?::text[], ?::bytea[])
                         AS given (by_entity, key, transaction_id, ordering, partition, persistence_id, sequence_number,
                                   event_time, error, stack, edited)
                     """;
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, table.view());
            insert.setInt(2, table.generation());
            setArray(insert, 3, "boolean", parked, letter -> letter.key().byEntity());
            setArray(insert, 4, "text", parked, letter -> letter.key().key());
            setArray(insert, 5, "bigint", parked, letter -> letter.event().position().transactionId());
            setArray(insert, 6, "bigint", parked, letter -> letter.event().position().ordering());
            setArray(insert, 7, "smallint", parked, letter -> (short) letter.event().partition());
            setArray(insert, 8, "text", parked, letter -> letter.event().entity().persistenceId());
            setArray(insert, 9, "bigint", parked, letter -> letter.event().sequence());
            setArray(insert, 10, "timestamptz", parked, letter -> time(letter.event()));
            setArray(insert, 11, "text", parked, letter -> letter.failure() == null ? null : letter.failure().error());
            setArray(insert, 12, "text", parked, letter -> letter.failure() == null ? null : letter.failure().stack());
            setArray(insert, 13, "bytea", parked, ParkedEvent::edited);
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (NO_SUCH_GENERATION.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static OffsetDateTime time(RecordedEvent event) {
        return event.metadata().time().atOffset(ZoneOffset.UTC);
    }

    private interface Part {
        @Nullable Object of(ParkedEvent letter);
    }

    private static void setArray(PreparedStatement insert, int parameter, String type, List<ParkedEvent> parked,
            Part part) throws SQLException {
        @Nullable Object[] values = new @Nullable Object[parked.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = part.of(parked.get(i));
        }
        insert.setArray(parameter, insert.getConnection().createArrayOf(type, values));
    }

    /** All keys of a generation that have dead letters. */
    static Set<ParkedKey> keys(Connection connection, GenerationId generation) throws SQLException {
        Set<ParkedKey> keys = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement(KEYS + "SELECT by_entity, key FROM parked")) {
            setStart(select, generation, null);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    keys.add(new ParkedKey(found.getBoolean(1), found.getString(2)));
                }
            }
        }
        return keys;
    }

    private static void setStart(PreparedStatement select, GenerationId generation, @Nullable ParkedKey after)
            throws SQLException {
        select.setString(1, generation.view());
        select.setInt(2, generation.generation());
        select.setBoolean(3, after != null && after.byEntity());
        select.setString(4, after == null ? "" : after.key());
        select.setString(5, generation.view());
        select.setInt(6, generation.generation());
    }

    /** How many bytes come before each of some dead letters. */
    private static String bytesBefore(String order) {
        return "sum(%1$s) OVER (ORDER BY %2$s ROWS UNBOUNDED PRECEDING) - %1$s AS bytes_before".formatted(BYTES, order);
    }

    /** The keys after another one, rows before entities, each with its first dead letter. */
    static List<ParkedLine> lines(Connection connection, ViewTable<?> table, @Nullable ParkedKey after, int limit)
            throws SQLException {
        String sql = KEYS + "SELECT " + COLUMNS
                + """
                  , d.by_entity, d.key, d.events, d.since FROM (SELECT d.*, c.events, c.since, %s
                  FROM (SELECT by_entity, key FROM parked LIMIT ?) p
                  CROSS JOIN LATERAL (SELECT * FROM ritsem.dead_letter l
                    WHERE l.view = ? AND l.generation = ? AND l.by_entity = p.by_entity AND l.key = p.key
                    ORDER BY l.transaction_id, l.ordering LIMIT 1) d
                  CROSS JOIN LATERAL (SELECT count(*) AS events, min(f.event_time) AS since FROM (
                    SELECT l.event_time FROM ritsem.dead_letter l
                    WHERE l.view = ? AND l.generation = ? AND l.by_entity = p.by_entity AND l.key = p.key
                    ORDER BY l.transaction_id, l.ordering LIMIT 1001) f) c) d
                  """.formatted(bytesBefore("d.by_entity, d.key")) + FITS + " ORDER BY d.by_entity, d.key";
        List<ParkedLine> lines = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            setStart(select, table.id(), after);
            select.setInt(7, limit);
            for (int parameter = 8; parameter <= 10; parameter += 2) {
                select.setString(parameter, table.view());
                select.setInt(parameter + 1, table.generation());
            }
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    lines.add(new ParkedLine(table.generation(),
                            new ParkedKey(found.getBoolean(12), found.getString(13)), found.getLong(14),
                            time(found, 15), letter(found)));
                }
            }
        }
        return lines;
    }

    /** The first dead letters of a key, in order. */
    static List<DeadLetter> letters(Connection connection, ViewTable<?> table, ParkedKey key, int limit)
            throws SQLException {
        String sql = "SELECT " + COLUMNS + " FROM (SELECT d.*, " + bytesBefore(ORDER)
                + " FROM (SELECT * FROM ritsem.dead_letter d" + OF_KEY
                + " ORDER BY " + ORDER + " LIMIT ?) d) d" + FITS + " ORDER BY " + ORDER;
        List<DeadLetter> letters = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            setKey(select, 1, table, key);
            select.setInt(5, limit);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    letters.add(letter(found));
                }
            }
        }
        return letters;
    }

    private static void setKey(PreparedStatement statement, int first, ViewTable<?> table, ParkedKey key)
            throws SQLException {
        statement.setString(first, table.view());
        statement.setInt(first + 1, table.generation());
        statement.setBoolean(first + 2, key.byEntity());
        statement.setString(first + 3, key.key());
    }

    private static DeadLetter letter(ResultSet row) throws SQLException {
        @Nullable String error = row.getString(7);
        @Nullable Failure failure = error == null ? null : new Failure(error, row.getString(8));
        return new DeadLetter(new Position(row.getLong(1), row.getLong(2)), row.getInt(3),
                EntityId.ofPersistenceId(row.getString(4)), row.getLong(5), time(row, 6), failure, row.getInt(9),
                row.getBytes(10), time(row, 11));
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** How many dead letters a key has. */
    static long count(Connection connection, ViewTable<?> table, ParkedKey key) throws SQLException {
        try (PreparedStatement select = connection
                .prepareStatement("SELECT count(*) FROM ritsem.dead_letter d" + OF_KEY)) {
            setKey(select, 1, table, key);
            try (ResultSet found = select.executeQuery()) {
                found.next();
                return found.getLong(1);
            }
        }
    }

    /** Those of some rows that are parked. */
    static Set<String> parkedRows(Connection connection, ViewTable<?> table, Collection<String> keys)
            throws SQLException {
        String sql = """
                     SELECT k FROM unnest(?::text[]) AS k WHERE EXISTS (SELECT FROM ritsem.dead_letter d
                      WHERE d.view = ? AND d.generation = ? AND NOT d.by_entity AND d.key = k)
                     """;
        Set<String> parked = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setArray(1, connection.createArrayOf("text", keys.toArray()));
            select.setString(2, table.view());
            select.setInt(3, table.generation());
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    parked.add(found.getString(1));
                }
            }
        }
        return parked;
    }

    /** Whether there was such a dead letter to edit. */
    static boolean edit(Connection connection, ViewTable<?> table, ParkedKey key, Edit edit) throws SQLException {
        String sql = "UPDATE ritsem.dead_letter d SET edited = ?" + OF_KEY
                + " AND d.persistence_id = ? AND d.sequence_number = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setBytes(1, edit.json());
            setKey(update, 2, table, key);
            update.setString(6, edit.entity().persistenceId());
            update.setLong(7, edit.sequence());
            return update.executeUpdate() > 0;
        }
    }

    static void fail(Connection connection, ViewTable<?> table, ParkedKey key, Position position, Failure failure)
            throws SQLException {
        String sql = "UPDATE ritsem.dead_letter d SET error = ?, stack = ?, attempts = attempts + 1" + OF_KEY
                + " AND (d.transaction_id, d.ordering) = (?, ?)";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, failure.error());
            update.setString(2, failure.stack());
            setKey(update, 3, table, key);
            update.setLong(7, position.transactionId());
            update.setLong(8, position.ordering());
            update.executeUpdate();
        }
    }

    /** Deletes a key's dead letters up to a place, inclusively. */
    static void delete(Connection connection, ViewTable<?> table, ParkedKey key, Position upTo) throws SQLException {
        String sql = "DELETE FROM ritsem.dead_letter d" + OF_KEY + " AND (d.transaction_id, d.ordering) <= (?, ?)";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            setKey(delete, 1, table, key);
            delete.setLong(5, upTo.transactionId());
            delete.setLong(6, upTo.ordering());
            delete.executeUpdate();
        }
    }
}

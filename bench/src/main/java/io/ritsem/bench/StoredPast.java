package io.ritsem.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.ritsem.runtime.journal.Partition;

/**
 * Events put into a journal by SQL, with all columns that keyed commands would have filled: a million of them in seconds.
 * Confined to its caller.
 */
class StoredPast implements AutoCloseable {

    private static final int PARTITIONS = 32;

    private static final String INSERT = """
                                         INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,
                                           event_payload, partition, event_time, causation, command_key, command_fingerprint, command_events)
                                         SELECT ?, n, 'ritsem', 0, e.manifest, convert_to(e.json, 'UTF8'), ?, clock_timestamp(), gen_random_uuid(),
                                           'past-' || n, sha256(n::text::bytea), 1
                                         FROM generate_series(1, ?) n,
                                           LATERAL (SELECT CASE WHEN n = 1 THEN ? WHEN n % 2 = 1 THEN ? ELSE ? END AS manifest,
                                                           CASE WHEN n = 1 THEN ? WHEN n % 2 = 1 THEN ? ELSE ? END AS json) e""";

    final Connection connection;

    StoredPast(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /** An event as it is stored. */
    record Stored(String manifest, String json) {}

    /** An account that was opened, and then paid into again and again. */
    void account(String id, int events) throws SQLException {
        Stored deposited = new Stored("account.deposited/1",
                "{\"amount\":\"1.00\",\"reference\":\"%s\"}".formatted("salary".repeat(23)));
        store("account|" + id, events,
                new Stored("account.opened/1", "{\"owner\":\"%s\",\"overdraft\":\"0\"}".formatted(id)), deposited,
                deposited);
    }

    /** Stores the first event, and after it those of even and those of odd sequence in turns. */
    void store(String persistenceId, int events, Stored first, Stored odd, Stored even) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            int parameter = 0;
            insert.setString(++parameter, persistenceId);
            insert.setInt(++parameter, Partition.of(persistenceId, PARTITIONS));
            insert.setInt(++parameter, events);
            insert.setString(++parameter, first.manifest());
            insert.setString(++parameter, odd.manifest());
            insert.setString(++parameter, even.manifest());
            insert.setString(++parameter, first.json());
            insert.setString(++parameter, odd.json());
            insert.setString(++parameter, even.json());
            insert.executeUpdate();
        }
    }

    /** Does what the server does by itself when it has the time, so that the first reader does not. */
    void settle() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE ritsem.event_journal");
            statement.execute("CHECKPOINT");
        }
    }

    /** A number that the database tells. */
    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override public void close() throws SQLException {
        connection.close();
    }
}

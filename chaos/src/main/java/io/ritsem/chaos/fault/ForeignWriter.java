package io.ritsem.chaos.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** A session that writes and is no node. What it does counts when it commits. Not thread-safe. */
public final class ForeignWriter implements AutoCloseable {

    private static final String COLUMNS = """
                                          event_ser_manifest, event_payload, partition, event_time, writer, write_timestamp,
                                          adapter_manifest, event_ser_id""";

    private final Connection connection;

    /** @param name as which the server's administrator sees the session */
    public ForeignWriter(String url, String name) throws SQLException {
        connection = DriverManager.getConnection(url + "&ApplicationName=" + name);
        connection.setAutoCommit(false);
    }

    /**
     * Repeats the last event of an account, at the sequences that are next.
     *
     * @return the causations by which the copies are known
     */
    public Set<UUID> plant(String account, int copies) throws SQLException {
        String sql = """
                     INSERT INTO ritsem.event_journal (persistence_id, sequence_number, causation, %s)
                     SELECT last.persistence_id, last.sequence_number + copy, gen_random_uuid(), %s
                     FROM (SELECT * FROM ritsem.event_journal WHERE persistence_id = ?
                           ORDER BY sequence_number DESC LIMIT 1) AS last, generate_series(1, ?) AS copy
                     ORDER BY copy RETURNING causation""".formatted(COLUMNS, COLUMNS);
        Set<UUID> planted = new HashSet<>();
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, "account|" + account);
            insert.setInt(2, copies);
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    planted.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return planted;
    }

    /**
     * Locks everybody out of the journal and returns; the lock ends after so long, by a thread of its own, and until then
     * nothing else may be asked of this session.
     */
    public void lockJournal(long millis) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE ritsem.event_journal IN ACCESS EXCLUSIVE MODE");
        }
        Thread.ofVirtual().start(() -> {
            Pause.millis(millis);
            try {
                commit();
            } catch (SQLException failure) {
                throw new IllegalStateException("The journal could not be unlocked", failure);
            }
        });
    }

    /** Writes, but no events. */
    public void writeElsewhere() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE elsewhere (n int)");
        }
    }

    /** Lets what it has written count. */
    public void commit() throws SQLException {
        connection.commit();
    }

    /** Takes back what it has written. */
    public void rollback() throws SQLException {
        connection.rollback();
    }

    @Override public void close() throws SQLException {
        connection.close();
    }
}

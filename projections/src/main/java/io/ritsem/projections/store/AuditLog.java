package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What operators did, and why. Thread-safe. */
public final class AuditLog {

    private final DataSource dataSource;

    public AuditLog(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * An action.
     *
     * @param id counts the actions, upwards
     * @param action such as {@code rebuild}
     * @param subject such as {@code view balances}
     * @param details a JSON object
     */
    public record Entry(long id, Instant at, String action, String subject, String reason, String details) {}

    /** The latest actions with an id below {@code before}, the newest first, at most {@code limit}. */
    public List<Entry> entries(long before, int limit) throws SQLException {
        String sql = """
                     SELECT id, at, action, subject, reason, details::text FROM ritsem.audit
                      WHERE id < ? ORDER BY id DESC LIMIT ?
                     """;
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, before);
            select.setInt(2, limit);
            List<Entry> entries = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    entries.add(new Entry(found.getLong(1), found.getObject(2, OffsetDateTime.class).toInstant(),
                            found.getString(3), found.getString(4), found.getString(5), found.getString(6)));
                }
            }
            return entries;
        }
    }

    /**
     * Notes an action down in its own transaction: either both happen or neither.
     *
     * @param details a JSON object
     */
    static void write(Connection connection, String action, String subject, String reason, String details)
            throws SQLException {
        String sql = "INSERT INTO ritsem.audit (action, subject, reason, details) VALUES (?, ?, ?, ?::jsonb)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, action);
            insert.setString(2, subject);
            insert.setString(3, reason);
            insert.setString(4, details);
            insert.executeUpdate();
        }
    }
}

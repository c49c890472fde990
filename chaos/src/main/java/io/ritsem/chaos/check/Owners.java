package io.ritsem.chaos.check;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Which runs of nodes have the cursors of the views. Not thread-safe; a connection of its own. */
public final class Owners implements AutoCloseable {

    private static final long GIVES_UP = TimeUnit.SECONDS.toNanos(20);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String NEWEST = """
                                         SELECT owner FROM ritsem.projection_node WHERE alive_until > now()
                                          ORDER BY since DESC LIMIT 1
                                         """;
    private static final String OF_ALL_PARTITIONS = """
                                                    SELECT owner FROM ritsem.view_cursor
                                                     WHERE view = ? AND partition = -1 AND lease_until > now()
                                                     ORDER BY generation DESC LIMIT 1
                                                    """;
    private static final String LEFT = """
                                       SELECT count(*) FROM ritsem.view_cursor
                                        WHERE owner IS NULL OR owner = ? OR lease_until < now()
                                       """;
    private static final String IDLE_IN_TRANSACTION = """
                                                      SELECT count(*) FROM pg_stat_activity
                                                       WHERE application_name = 'ritsem' AND state = 'idle in transaction'
                                                         AND state_change < now() - interval '1 second'
                                                      """;

    private final Connection connection;

    public Owners(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /**
     * How others took over.
     *
     * @param millis after how long they had all cursors; very long if they did not within 20 s
     * @param locked whether the one that is gone had left a transaction open, whose locks only the database's time-out of
     *     5 s ends
     */
    public record TakenOver(long millis, boolean locked) {}

    /** The run that was started last. */
    public UUID newest() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(NEWEST)) {
            return owner(select).orElseThrow(() -> new IllegalStateException("No node follows the views"));
        }
    }

    /** Who has the one cursor of a view whose rows have keys of their own; empty if nobody has. */
    public Optional<UUID> ofAllPartitions(String view) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(OF_ALL_PARTITIONS)) {
            select.setString(1, view);
            return owner(select);
        }
    }

    private static Optional<UUID> owner(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.ofNullable(row.getObject(1, UUID.class)) : Optional.empty();
        }
    }

    /**
     * Waits until every cursor has a living owner, and none of them is this one.
     *
     * @param since when it went, in the nanoseconds of {@link System#nanoTime}
     */
    public TakenOver awaitTakenOver(UUID gone, long since) throws SQLException {
        boolean locked = false;
        while (System.nanoTime() - since < GIVES_UP) {
            try (PreparedStatement select = connection.prepareStatement(LEFT)) {
                select.setObject(1, gone);
                if (count(select) == 0) {
                    return new TakenOver(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since), locked);
                }
            }
            if (!locked) {
                try (PreparedStatement select = connection.prepareStatement(IDLE_IN_TRANSACTION)) {
                    locked = count(select) > 0;
                }
            }
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
        return new TakenOver(Integer.MAX_VALUE, locked);
    }

    private static long count(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override public void close() throws SQLException {
        connection.close();
    }
}

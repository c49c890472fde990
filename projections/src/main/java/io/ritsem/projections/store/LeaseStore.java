package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

import io.ritsem.runtime.journal.Position;

/**
 * Who may move which cursor. Leases save work, they do not keep rows right: that does the compare-and-set of each move.
 * Time is the database's. Thread-safe.
 */
public final class LeaseStore {

    // What a batch is moving right now is skipped: a move renews its lease by itself, and nobody waits for anybody.
    private static final String TAKE = """
                                       WITH free AS (
                                           SELECT c.view, c.generation, c.partition
                                             FROM unnest(?::text[], ?::int[]) AS known (view, generation)
                                             JOIN ritsem.view_cursor c ON c.view = known.view AND c.generation = known.generation
                                            WHERE c.owner = ? OR c.owner IS NULL OR c.lease_until < now()
                                              FOR UPDATE OF c SKIP LOCKED)
                                       UPDATE ritsem.view_cursor c
                                          SET lease_epoch = c.lease_epoch + CASE WHEN c.owner = ? THEN 0 ELSE 1 END,
                                              owner = ?, node = ?, lease_until = now() + ? * interval '1 millisecond'
                                         FROM free
                                        WHERE c.view = free.view AND c.generation = free.generation AND c.partition = free.partition
                                       """;
    private static final String HELD = """
                                       SELECT c.view, c.partition, c.lease_epoch, c.transaction_id, c.ordering
                                         FROM unnest(?::text[], ?::int[]) AS known (view, generation)
                                         JOIN ritsem.view_cursor c ON c.view = known.view AND c.generation = known.generation
                                        WHERE c.owner = ?
                                       """;
    private static final String RELEASE = """
                                          UPDATE ritsem.view_cursor SET owner = NULL, lease_until = NULL WHERE owner = ?
                                          """;
    // A run that is not quite dead may be moving a cursor: it keeps that one until its lease runs out.
    private static final String FORGET = """
                                         WITH left_over AS (
                                             SELECT view, generation, partition FROM ritsem.view_cursor
                                              WHERE node = ? AND owner <> ? FOR UPDATE SKIP LOCKED)
                                         UPDATE ritsem.view_cursor c SET owner = NULL, lease_until = NULL
                                           FROM left_over l
                                          WHERE c.view = l.view AND c.generation = l.generation AND c.partition = l.partition
                                         """;

    private final DataSource dataSource;
    private final String node;
    private final UUID owner = UUID.randomUUID();
    private final Duration lease;

    /**
     * @param node the node's name, of which there is only one run at a time
     * @param lease how long a cursor stays ours without a sign of life
     */
    public LeaseStore(DataSource dataSource, String node, Duration lease) {
        this.dataSource = dataSource;
        this.node = node;
        this.lease = lease;
    }

    /** Frees what an earlier run of this node left when it was killed, so that nobody has to wait until it runs out. */
    public void forgetEarlierRuns() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement update = connection.prepareStatement(FORGET)) {
            update.setString(1, node);
            update.setObject(2, owner);
            update.executeUpdate();
        }
    }

    /**
     * Renews what is ours and claims what is free or has run out.
     *
     * @return all that is ours now, by view and partition
     */
    public Map<String, Map<Integer, Lease>> keep(Collection<? extends ViewTable<?>> tables) throws SQLException {
        Object[] views = tables.stream().map(ViewTable::view).toArray();
        Object[] generations = tables.stream().map(ViewTable::generation).toArray();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement take = connection.prepareStatement(TAKE)) {
            take.setArray(1, connection.createArrayOf("text", views));
            take.setArray(2, connection.createArrayOf("int4", generations));
            take.setObject(3, owner);
            take.setObject(4, owner);
            take.setObject(5, owner);
            take.setString(6, node);
            take.setLong(7, lease.toMillis());
            take.executeUpdate();
            return read(connection, views, generations);
        }
    }

    /** What is ours of one view, by partition, and where its cursors stand now. */
    public Map<Integer, Lease> held(ViewTable<?> table) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            Object[] views = {table.view()};
            Object[] generations = {table.generation()};
            return read(connection, views, generations).getOrDefault(table.view(), Map.of());
        }
    }

    private Map<String, Map<Integer, Lease>> read(Connection connection, Object[] views, Object[] generations)
            throws SQLException {
        Map<String, Map<Integer, Lease>> leases = new HashMap<>();
        try (PreparedStatement held = connection.prepareStatement(HELD)) {
            held.setArray(1, connection.createArrayOf("text", views));
            held.setArray(2, connection.createArrayOf("int4", generations));
            held.setObject(3, owner);
            try (ResultSet cursors = held.executeQuery()) {
                while (cursors.next()) {
                    int partition = cursors.getInt(2);
                    Position position = new Position(cursors.getLong(4), cursors.getLong(5));
                    leases.computeIfAbsent(cursors.getString(1), _ -> new HashMap<>())
                            .put(partition,
                                    new Lease(partition, cursors.getLong(3), position));
                }
            }
        }
        return leases;
    }

    /** Gives back all that is ours, so that nobody has to wait until it runs out. */
    public void release() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement update = connection.prepareStatement(RELEASE)) {
            update.setObject(1, owner);
            update.executeUpdate();
        }
    }
}

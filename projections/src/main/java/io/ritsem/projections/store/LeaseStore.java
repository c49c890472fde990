package io.ritsem.projections.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

import io.ritsem.runtime.journal.Position;

/**
 * Who may move which cursor. Leases save work, they do not keep rows right: that does the compare-and-set of each move.
 * Time is the database's. Thread-safe.
 *
 * <p>
 * The nodes that know a view's definition share its cursors: a partition falls to the same node in all views, so that a
 * node's tail reads few partitions. A node takes what falls to it when that is free or has run out, and gives up what
 * falls to another node that shows signs of life.
 */
public final class LeaseStore {

    private static final String SHOW = """
                                       INSERT INTO ritsem.projection_node (owner, node, views, alive_until)
                                       VALUES (?, ?, ?, now() + ? * interval '1 millisecond')
                                       ON CONFLICT (owner) DO UPDATE SET views = EXCLUDED.views, alive_until = EXCLUDED.alive_until
                                       """;
    // What a batch is moving right now is skipped: a move renews its lease by itself, and nobody waits for anybody.
    private static final String KEEP = """
                                       WITH me AS (SELECT ?::uuid AS owner, ? * interval '1 millisecond' AS lease),
                                       known AS (SELECT * FROM unnest(?::text[], ?::int[], ?::text[]) AS known (view, generation, version)),
                                       nodes AS (
                                           SELECT k.view, k.generation, n.owner, count(*) OVER every AS nodes,
                                                  row_number() OVER (every ORDER BY n.since, n.owner) - 1 AS number
                                             FROM me, known k JOIN ritsem.projection_node n ON k.version = ANY (n.views)
                                            WHERE n.owner = me.owner OR n.alive_until > now()
                                           WINDOW every AS (PARTITION BY k.view, k.generation)),
                                       ours AS (
                                           SELECT c.view, c.generation, c.partition, n.owner = me.owner AS mine
                                             FROM me, nodes n
                                             JOIN ritsem.view_cursor c ON c.view = n.view AND c.generation = n.generation AND n.number =
                                                  CASE WHEN c.partition < 0 THEN abs(hashtext(c.view)::bigint) ELSE c.partition END % n.nodes
                                            WHERE c.owner = me.owner
                                               OR n.owner = me.owner AND (c.owner IS NULL OR c.lease_until < now())
                                              FOR UPDATE OF c SKIP LOCKED)
                                       UPDATE ritsem.view_cursor c
                                          SET lease_epoch = c.lease_epoch + CASE WHEN c.owner = me.owner AND ours.mine THEN 0 ELSE 1 END,
                                              owner = CASE WHEN ours.mine THEN me.owner END,
                                              trouble = CASE WHEN c.owner = me.owner AND ours.mine THEN c.trouble END,
                                              lease_until = CASE WHEN ours.mine THEN now() + me.lease END, node = ?
                                         FROM me, ours
                                        WHERE c.view = ours.view AND c.generation = ours.generation AND c.partition = ours.partition
                                       """;
    private static final String HELD = """
                                       SELECT c.view, c.generation, c.partition, c.lease_epoch, c.transaction_id, c.ordering
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
    private static final String FORGET_NODES = """
                                               DELETE FROM ritsem.projection_node
                                                WHERE node = ? AND owner <> ? OR alive_until < now() - interval '1 day'
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
        try (Connection connection = dataSource.getConnection()) {
            for (String sql : List.of(FORGET, FORGET_NODES)) {
                try (PreparedStatement update = connection.prepareStatement(sql)) {
                    update.setString(1, node);
                    update.setObject(2, owner);
                    update.executeUpdate();
                }
            }
        }
    }

    /**
     * Shows that this node is alive, renews what is ours, claims what falls to us and is free or has run out, and gives up
     * what falls to others.
     *
     * @param followed the generations that this node follows
     * @return all that is ours now, by generation and partition
     */
    public Map<GenerationId, Map<Integer, Lease>> keep(Map<GenerationId, ViewVersion> followed) throws SQLException {
        List<GenerationId> generations = new ArrayList<>();
        List<String> versions = new ArrayList<>();
        followed.forEach((generation, version) -> {
            generations.add(generation);
            versions.add(version.known());
        });
        try (Connection connection = dataSource.getConnection();
                PreparedStatement show = connection.prepareStatement(SHOW);
                PreparedStatement keep = connection.prepareStatement(KEEP)) {
            show.setObject(1, owner);
            show.setString(2, node);
            show.setArray(3, connection.createArrayOf("text", versions.stream().distinct().toArray()));
            show.setLong(4, lease.toMillis());
            show.executeUpdate();
            keep.setObject(1, owner);
            keep.setLong(2, lease.toMillis());
            keep.setArray(3, views(connection, generations));
            keep.setArray(4, numbers(connection, generations));
            keep.setArray(5, connection.createArrayOf("text", versions.toArray()));
            keep.setString(6, node);
            keep.executeUpdate();
            return read(connection, generations);
        }
    }

    private static Array views(Connection connection, List<GenerationId> generations) throws SQLException {
        return connection.createArrayOf("text", generations.stream().map(GenerationId::view).toArray());
    }

    private static Array numbers(Connection connection, List<GenerationId> generations) throws SQLException {
        return connection.createArrayOf("int4", generations.stream().map(GenerationId::generation).toArray());
    }

    /** What is ours of one generation, by partition, and where its cursors stand now. */
    public Map<Integer, Lease> held(GenerationId generation) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return read(connection, List.of(generation)).getOrDefault(generation, Map.of());
        }
    }

    private Map<GenerationId, Map<Integer, Lease>> read(Connection connection, List<GenerationId> generations)
            throws SQLException {
        Map<GenerationId, Map<Integer, Lease>> leases = new HashMap<>();
        try (PreparedStatement held = connection.prepareStatement(HELD)) {
            held.setArray(1, views(connection, generations));
            held.setArray(2, numbers(connection, generations));
            held.setObject(3, owner);
            try (ResultSet cursors = held.executeQuery()) {
                while (cursors.next()) {
                    int partition = cursors.getInt(3);
                    Position position = new Position(cursors.getLong(5), cursors.getLong(6));
                    leases.computeIfAbsent(new GenerationId(cursors.getString(1), cursors.getInt(2)),
                            _ -> new HashMap<>()).put(partition, new Lease(partition, cursors.getLong(4), position));
                }
            }
        }
        return leases;
    }

    /** Gives back all that is ours, so that nobody has to wait until it runs out. */
    public void release() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            for (String sql : List.of(RELEASE, "DELETE FROM ritsem.projection_node WHERE owner = ?")) {
                try (PreparedStatement update = connection.prepareStatement(sql)) {
                    update.setObject(1, owner);
                    update.executeUpdate();
                }
            }
        }
    }
}

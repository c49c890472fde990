package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Who is a member of a cluster, as the nodes on this database say: those at work, and those that were given up. By it no second
 * cluster is formed beside one at work, and none is left. Thread-safe; each call is a transaction.
 */
public final class MemberTable {

    private static final String JOINED = "UPDATE ritsem.node SET member = ? WHERE node = ?::uuid";

    private static final String OTHERS = """
                                         SELECT process, member, seen > clock_timestamp() - interval '10 seconds' AS beats FROM ritsem.node
                                          WHERE member IS NOT NULL AND node <> ?::uuid
                                            AND (seen > clock_timestamp() - interval '10 seconds' OR member NOT IN (SELECT member FROM ritsem.given_up))
                                          ORDER BY process""";

    private static final String STRANGERS = """
                                            SELECT process, member FROM ritsem.node
                                             WHERE seen > now() - interval '5 seconds' AND member IS NOT NULL AND member <> ALL (?) ORDER BY member""";

    private static final String GIVE_UP = """
                                          INSERT INTO ritsem.given_up (member)
                                          SELECT member FROM unnest(?) AS member
                                           WHERE NOT EXISTS (SELECT FROM ritsem.given_up WHERE given_up.member = ?)
                                          ON CONFLICT DO NOTHING""";

    /** As the beats: who waits for a standby that is away is at work. */
    private static final List<String> ONE_AT_A_TIME = List.of("SET TRANSACTION READ WRITE",
            "SET LOCAL synchronous_commit = local", "SELECT FROM ritsem.journal_info FOR UPDATE");

    /** So long a node's own beats must have been stored before it believes that others' are missing, and not the database. */
    private static final Duration STEADY = Duration.ofSeconds(12);

    private final DataSource dataSource;
    private final String node;

    /** @param node whose heartbeat it belongs to */
    MemberTable(DataSource dataSource, String node) {
        this.dataSource = dataSource;
        this.node = node;
    }

    /**
     * Asks for the right to be the first member of a cluster. One node at a time gets it, as long as it beats: the others
     * have to join it. Members that were killed, or do not reach the database, are given up with it.
     *
     * @param name who it will be there
     * @param steady for how long all beats of this node have been stored
     * @return the processes of members that are at work already, or were within the last 10 s, or of which it is not known
     *     yet; empty if it has the right
     */
    public List<String> claimFirst(String name, Duration steady) throws SQLException {
        return oneAtATime(connection -> {
            List<Other> others = others(connection);
            if (others.stream().anyMatch(Other::beats) || (!others.isEmpty() && steady.compareTo(STEADY) < 0)) {
                return others.stream().map(Other::process).toList();
            }
            giveUp(connection, name, others.stream().map(Other::member).toList());
            join(connection, name);
            return List.of();
        });
    }

    /**
     * Members that the cluster of this node has given up find that out with their next beat, if they are alive. Who was given
     * up himself gives nobody up: of two that do it to each other, the first has done it.
     *
     * @param name who this node is there
     */
    public void giveUp(String name, Set<String> members) throws SQLException {
        int _ = oneAtATime(connection -> giveUp(connection, name, members));
    }

    private static int giveUp(Connection connection, String name, Collection<String> members) throws SQLException {
        try (PreparedStatement giveUp = connection.prepareStatement(GIVE_UP)) {
            giveUp.setArray(1, connection.createArrayOf("text", members.toArray()));
            giveUp.setString(2, name);
            return giveUp.executeUpdate();
        }
    }

    /** The processes of nodes at work on this database that are none of these members, by who they are elsewhere. */
    public Map<String, String> strangers(Set<String> members) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(STRANGERS)) {
            statement.setArray(1, connection.createArrayOf("text", members.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                Map<String, String> strangers = new TreeMap<>();
                while (rows.next()) {
                    strangers.put(rows.getString(2), rows.getString(1));
                }
                return strangers;
            }
        }
    }

    /** @param beats whether it did within the last 10 s */
    private record Other(String process, String member, boolean beats) {}

    private List<Other> others(Connection connection) throws SQLException {
        try (PreparedStatement others = connection.prepareStatement(OTHERS)) {
            others.setString(1, node);
            List<Other> found = new ArrayList<>();
            try (ResultSet rows = others.executeQuery()) {
                while (rows.next()) {
                    found.add(new Other(rows.getString(1), rows.getString(2), rows.getBoolean(3)));
                }
            }
            return found;
        }
    }

    private void join(Connection connection, String member) throws SQLException {
        try (PreparedStatement joined = connection.prepareStatement(JOINED)) {
            joined.setString(1, member);
            joined.setString(2, node);
            joined.execute();
        }
    }

    private interface Turn<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T oneAtATime(Turn<T> turn) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement begin = connection.createStatement()) {
                for (String sql : ONE_AT_A_TIME) {
                    begin.execute(sql);
                }
                T result = turn.on(connection);
                connection.commit();
                return result;
            } catch (SQLException failure) {
                rollBack(connection, failure);
                throw failure;
            }
        }
    }

    private static void rollBack(Connection connection, SQLException failure) {
        try {
            connection.rollback();
        } catch (SQLException again) {
            failure.addSuppressed(again);
        }
    }
}

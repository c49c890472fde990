package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
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

    /** As the beats: who waits for a standby that is away is at work. */
    private static final String WITHOUT_STANDBYS = "SET LOCAL synchronous_commit = local";

    private static final String LOCK = "SELECT FROM ritsem.journal_info FOR UPDATE";

    private static final String OTHERS = """
                                         SELECT process FROM ritsem.node WHERE member IS NOT NULL AND node <> ?::uuid
                                            AND seen > clock_timestamp() - interval '10 seconds' ORDER BY process""";

    private static final String STRANGERS = """
                                            SELECT process, member FROM ritsem.node
                                             WHERE seen > now() - interval '5 seconds' AND member IS NOT NULL AND member <> ALL (?) ORDER BY member""";

    private static final String GIVE_UP = """
                                          INSERT INTO ritsem.given_up (member)
                                          SELECT member FROM unnest(?) AS member
                                           WHERE NOT EXISTS (SELECT FROM ritsem.node AS own JOIN ritsem.given_up USING (member) WHERE own.node = ?::uuid)
                                          ON CONFLICT DO NOTHING""";

    private final DataSource dataSource;
    private final String node;

    /** @param node whose heartbeat it belongs to */
    MemberTable(DataSource dataSource, String node) {
        this.dataSource = dataSource;
        this.node = node;
    }

    /**
     * The node is a member of a cluster now; {@link #strangers} of other clusters see it from here on.
     *
     * @param member who it is there
     */
    public void joined(String member) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            join(connection, member);
        }
    }

    /**
     * Asks for the right to be the first member of a cluster. One node at a time gets it, as long as it beats: the others
     * have to join it.
     *
     * @param member who it will be there
     * @return the processes of members that are at work already, or were within the last 10 s; empty if it has the right
     */
    public List<String> claimFirst(String member) throws SQLException {
        return oneAtATime(connection -> {
            List<String> atWork = othersAtWork(connection);
            if (atWork.isEmpty()) {
                join(connection, member);
            }
            return atWork;
        });
    }

    /**
     * Members that the cluster of this node has given up find that out with their next beat, if they are alive. Who was given
     * up himself gives nobody up: of two that do it to each other, the first has done it.
     */
    public void giveUp(Set<String> members) throws SQLException {
        int _ = oneAtATime(connection -> {
            try (PreparedStatement giveUp = connection.prepareStatement(GIVE_UP)) {
                giveUp.setArray(1, connection.createArrayOf("text", members.toArray()));
                giveUp.setString(2, node);
                return giveUp.executeUpdate();
            }
        });
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

    private List<String> othersAtWork(Connection connection) throws SQLException {
        try (PreparedStatement others = connection.prepareStatement(OTHERS)) {
            others.setString(1, node);
            List<String> atWork = new ArrayList<>();
            try (ResultSet rows = others.executeQuery()) {
                while (rows.next()) {
                    atWork.add(rows.getString(1));
                }
            }
            return atWork;
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
                begin.execute(WITHOUT_STANDBYS);
                begin.execute(LOCK);
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

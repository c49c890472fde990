package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

import io.ritsem.runtime.journal.Position;

/**
 * Rows and cursors of all views. Thread-safe; blocking. At most so many of its calls run at once as there are
 * connections for it: many busy views must not take all connections from the commands.
 */
public final class ViewStore {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final DataSource dataSource;
    private final Duration lease;
    private final Semaphore connections;

    /**
     * @param lease by how much the move of a cursor prolongs its lease
     * @param connections how many connections it may use at once
     */
    public ViewStore(DataSource dataSource, Duration lease, int connections) {
        this.dataSource = dataSource;
        this.lease = lease;
        this.connections = new Semaphore(connections, true);
    }

    /** The rows of these keys as JSON, those that there are. One query. */
    public Map<String, byte[]> load(ViewTable<?> table, Collection<String> keys) throws SQLException {
        return keys.isEmpty() ? Map.of() : call(connection -> ViewRows.load(connection, table, keys));
    }

    /**
     * Moves cursors and writes the rows that follow from it, in one transaction.
     *
     * <p>
     * The rows may have been loaded before, outside of it: nobody changes a row without moving its cursor, so a move that
     * succeeds proves that they were still the same. So the transaction consists of its writes alone, and its transaction
     * id, which holds back the horizon of every reader, lives for a few milliseconds. It does not wait for the disk:
     * should the server crash, rows and cursor go back together and the journal, which did wait, gives the rest again.
     *
     * @return false if a cursor stands elsewhere or has another owner: nothing is changed
     */
    public boolean commit(ViewTable<?> table, List<CursorMove> moves, List<StoredRow> rows) throws SQLException {
        return call(connection -> {
            connection.setAutoCommit(false);
            try {
                execute(connection, "SET LOCAL synchronous_commit TO off");
                if (!ViewCursors.move(connection, table, moves, lease)) {
                    connection.rollback();
                    return false;
                }
                ViewRows.write(connection, table, rows);
                connection.commit();
                return true;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    /** Where the cursors of a view stand, by partition, whoever moves them. */
    public Map<Integer, Position> cursors(ViewTable<?> table) throws SQLException {
        return call(connection -> ViewCursors.read(connection, table));
    }

    /** How many events a generation has gone past, whether or not it follows them, as far as that is written down. */
    public long events(ViewTable<?> table) throws SQLException {
        return call(connection -> ViewCursors.events(connection, table));
    }

    /** Notes down for everyone to see what keeps these cursors from being moved; their next move forgets it. */
    public void trouble(ViewTable<?> table, Collection<Integer> partitions, String trouble) throws SQLException {
        call(connection -> {
            ViewCursors.trouble(connection, table, partitions, trouble);
            return true;
        });
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private static void rollback(Connection connection, Exception reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private <T> T call(Call<T> call) throws SQLException {
        try {
            if (!connections.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLTransientException("No connection for views became free within " + LONGEST_WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientException("Interrupted while waiting for a connection", e);
        }
        try (Connection connection = dataSource.getConnection()) {
            return call.on(connection);
        } finally {
            connections.release();
        }
    }

    private interface Call<T> {
        T on(Connection connection) throws SQLException;
    }
}

package io.ritsem.projections.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

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
        return commit(table, moves, rows, List.of());
    }

    /** The same with events that become dead letters. */
    public boolean commit(ViewTable<?> table, List<CursorMove> moves, List<StoredRow> rows, List<ParkedEvent> parked)
            throws SQLException {
        return transaction(connection -> {
            // Before the cursor: it locks the generation, and who drops that takes the cursor after it, too.
            if (!DeadLetterRows.insert(connection, table, parked)
                    || !moveAndWrite(connection, table, moves, rows)) {
                connection.rollback();
                return false;
            }
            ViewRows.delete(connection, table, rows);
            connection.commit();
            return true;
        });
    }

    /** Sent at once: while the transaction lives, its id holds back others, and each answer that it waits for takes time. */
    private boolean moveAndWrite(Connection connection, ViewTable<?> table, List<CursorMove> moves,
            List<StoredRow> rows) throws SQLException {
        String sql = "SET LOCAL synchronous_commit TO off;" + ViewCursors.MOVE + ";" + ViewRows.upsertInto(table);
        try (PreparedStatement statements = connection.prepareStatement(sql)) {
            int first = 1 + ViewCursors.setMoves(statements, table, moves, lease);
            ViewRows.setRows(statements, first, table, rows);
            statements.execute();
            statements.getMoreResults();
            return statements.getUpdateCount() == moves.size();
        }
    }

    /** All keys of a generation that have dead letters. */
    public Set<ParkedKey> parked(ViewTable<?> table) throws SQLException {
        return call(connection -> DeadLetterRows.keys(connection, table.id()));
    }

    /** Which of these rows the database refuses, by key, and what it says. Changes nothing. */
    public Map<String, SQLException> refused(ViewTable<?> table, List<StoredRow> rows) throws SQLException {
        return transaction(connection -> {
            Map<String, SQLException> refused = new HashMap<>();
            tryRows(connection, table, rows, refused);
            connection.rollback();
            return refused;
        });
    }

    /** Halves what is refused until a single row is left. */
    private static void tryRows(Connection connection, ViewTable<?> table, List<StoredRow> rows,
            Map<String, SQLException> refused) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            ViewRows.write(connection, table, rows);
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            if (!refuses(e)) {
                throw e;
            }
            connection.rollback(before);
            if (rows.size() == 1) {
                refused.put(rows.getFirst().key(), e);
            } else {
                int half = rows.size() / 2;
                tryRows(connection, table, rows.subList(0, half), refused);
                tryRows(connection, table, rows.subList(half, rows.size()), refused);
            }
        }
    }

    /** What was sent cannot be stored (22, 23) or is too large (54): sending it again would not help. */
    public static boolean refuses(SQLException failure) {
        @Nullable String code = failure.getSQLState();
        return code != null && (code.startsWith("22") || code.startsWith("23") || code.startsWith("54"));
    }

    /** Where the cursors of a view stand, by partition, whoever moves them. Readers ask: it waits for no view that writes. */
    public Map<Integer, Position> cursors(ViewTable<?> table) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return cursors(connection, table);
        }
    }

    /** The same on a connection of whoever asks. */
    public static Map<Integer, Position> cursors(Connection connection, ViewTable<?> table) throws SQLException {
        return ViewCursors.read(connection, table);
    }

    /** How many events a generation has gone past, whether or not it follows them, as far as that is written down. */
    public long events(ViewTable<?> table) throws SQLException {
        return call(connection -> ViewCursors.events(connection, table));
    }

    /**
     * Notes down for everyone to see what keeps these cursors from being moved; their next move forgets it, and so does
     * another owner.
     *
     * @param trouble null if nothing does any more
     */
    public void trouble(ViewTable<?> table, Collection<Integer> partitions, @Nullable String trouble)
            throws SQLException {
        call(connection -> {
            ViewCursors.trouble(connection, table, partitions, trouble);
            return true;
        });
    }

    private static void rollback(Connection connection, Throwable reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** Rolls back when it throws; else the call itself has committed or rolled back. */
    <T extends @Nullable Object> T transaction(Call<T> call) throws SQLException {
        return call(connection -> {
            connection.setAutoCommit(false);
            try {
                return call.on(connection);
            } catch (SQLException | RuntimeException | Error e) {
                rollback(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        });
    }

    <T extends @Nullable Object> T call(Call<T> call) throws SQLException {
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

    interface Call<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }
}

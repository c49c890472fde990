package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The first transaction id that may still bring events: all below it are committed or gone. Thread-safe.
 *
 * <p>
 * That is the oldest transaction that is running on the server, whatever it does. If the same one stays the oldest, it is
 * worth while to look whether it is a bystander: it has an id and does not hold the lock that an insert into the journal
 * takes before there is an id, so it cannot bring events any more (the journal refuses them), and nobody waits for it.
 */
final class Horizon {

    /** With one parameter, the ids of the bystanders. */
    static final String ID = """
                             coalesce((SELECT xid FROM pg_snapshot_xip(pg_current_snapshot()) AS xid WHERE xid <> ALL (?::text[]::xid8[])
                                       ORDER BY xid LIMIT 1), pg_snapshot_xmax(pg_current_snapshot()))""";

    /** The oldest transaction that is running, null if none is. */
    static final String OLDEST = "(SELECT xid FROM pg_snapshot_xip(pg_current_snapshot()) AS xid ORDER BY xid LIMIT 1)";

    /**
     * Of the transactions that run, those that hold the lock of their id, and not the one of an insert. One whose id has
     * no lock yet has just begun, or has just ended. Locks are looked at after the snapshot was taken, and only once.
     */
    private static final String BYSTANDERS = """
                                             WITH locks AS MATERIALIZED (
                                               SELECT locktype, database, relation, transactionid, mode, virtualtransaction FROM pg_locks)
                                             SELECT running::text
                                             FROM pg_snapshot_xip(pg_current_snapshot()) AS running
                                             JOIN locks AS own ON own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock'
                                                              AND own.transactionid = running::xid
                                             WHERE NOT EXISTS (
                                               SELECT FROM locks AS journal
                                               WHERE journal.virtualtransaction = own.virtualtransaction
                                                 AND journal.relation = 'ritsem.event_journal'::regclass AND journal.mode = 'RowExclusiveLock'
                                                 AND journal.database = (SELECT oid FROM pg_database WHERE datname = current_database()))""";

    private static final long A_WHILE = Duration.ofMillis(50).toNanos();
    private static final String[] NOBODY = {};

    private record Oldest(long transaction, long since) {}

    private final AtomicReference<Oldest> oldest = new AtomicReference<>(new Oldest(0, System.nanoTime()));

    /**
     * Who need not be waited for. Asks the database only if the oldest transaction has been the same for a while; the next
     * read must then follow in the same transaction, so that it asks the same server: another one may use an id again.
     */
    String[] bystanders(Connection connection) throws SQLException {
        Oldest last = oldest.get();
        if (last.transaction() == 0 || System.nanoTime() - last.since() < A_WHILE) {
            return NOBODY;
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED); // a snapshot for each statement
        connection.setAutoCommit(false);
        List<String> ids = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(BYSTANDERS)) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids.toArray(NOBODY);
    }

    /** @param transaction the oldest that was running at a read, 0 if none was */
    void saw(long transaction) {
        oldest.updateAndGet(last -> last.transaction() == transaction ? last
                : new Oldest(transaction, System.nanoTime()));
    }
}

package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects for the pool, and does not come back without a connection once it is to be patient: the pool would rest between
 * its own tries, longer and longer, and find out up to 5 s too late that the server is back. Thread-safe.
 *
 * <p>
 * While the server waits for a standby that is away, each commit that is given up holds its session until that one is back.
 * What is connected then can only read: so no writer takes another session, and there are some left for those who read. Its
 * first write fails at once, and costs the connection.
 */
final class PersistentConnector extends PGSimpleDataSource {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(PersistentConnector.class);
    private static final long BETWEEN_TRIES = Duration.ofMillis(100).toNanos();

    private static final String ONLY_READ_WHILE_A_STANDBY_IS_AWAY = """
                                                                    SELECT set_config('default_transaction_read_only', 'on', false)
                                                                    FROM pg_stat_activity
                                                                    WHERE wait_event = 'SyncRep' AND query_start < now() - interval '2 seconds'
                                                                    LIMIT 1""";

    private volatile boolean patient;

    PersistentConnector(String url) {
        setUrl(url);
    }

    /** Whether a failure to connect is tried again until it succeeds, or told. */
    void setPatient(boolean patient) {
        this.patient = patient;
    }

    @Override public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        boolean told = false;
        while (true) {
            try {
                return looked(super.getConnection(user, password));
            } catch (SQLException away) {
                if (!patient || Thread.currentThread().isInterrupted()) {
                    throw away;
                }
                if (!told) {
                    told = true;
                    LOG.warn("The database gives no connection, trying again until it does: {}",
                            Database.oneLine(away));
                }
                LockSupport.parkNanos(BETWEEN_TRIES);
            }
        }
    }

    private static Connection looked(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ONLY_READ_WHILE_A_STANDBY_IS_AWAY);
            return connection;
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
    }
}

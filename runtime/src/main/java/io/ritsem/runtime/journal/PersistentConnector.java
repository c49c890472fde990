package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects for the pool, and does not come back without a connection once it is to be patient: the pool would rest between
 * its own tries, longer and longer, and find out up to 5 s too late that the server is back. Thread-safe.
 */
final class PersistentConnector extends PGSimpleDataSource {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(PersistentConnector.class);
    private static final long BETWEEN_TRIES = Duration.ofMillis(100).toNanos();

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
                return super.getConnection(user, password);
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
}

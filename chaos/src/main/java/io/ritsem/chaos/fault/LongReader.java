package io.ritsem.chaos.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Sessions that go on seeing the journal as it was, as a long report or a backup does. Not thread-safe. */
public final class LongReader implements AutoCloseable {

    private final List<Connection> sessions = new ArrayList<>();
    private final List<Long> seen = new ArrayList<>();

    /** Takes the snapshots. */
    public LongReader(String url, int readers) throws SQLException {
        for (int reader = 0; reader < readers; reader++) {
            Connection session = DriverManager.getConnection(url + "&ApplicationName=chaos-long-reader");
            session.setAutoCommit(false);
            session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            sessions.add(session);
            seen.add(count(session));
        }
    }

    private static long count(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM ritsem.event_journal")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Whether their snapshots were indeed old ones all the time; empty if so. */
    public List<String> broken() throws SQLException {
        List<String> broken = new ArrayList<>();
        for (int reader = 0; reader < sessions.size(); reader++) {
            if (count(sessions.get(reader)) != seen.get(reader)) {
                broken.add("a session that was to keep its snapshot has lost it");
            }
        }
        return broken;
    }

    @Override public void close() throws SQLException {
        for (Connection session : sessions) {
            session.close();
        }
    }
}

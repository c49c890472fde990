package io.ritsem.chaos.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.ritsem.postgres.EmbeddedDatabase;

/**
 * SIGKILL for a session that commits without waiting for the disk: the server ends all sessions, forgets what had not
 * reached the disk, recovers by itself in a fraction of a second, and gives the ids of those transactions again. Not
 * thread-safe.
 */
public final class CrashedDatabase implements DatabaseFault {

    private static final int LONGEST_MILLIS = 300;
    private static final long BACK_WITHIN = TimeUnit.SECONDS.toNanos(20);
    private static final String TAKE_ID = "SELECT pg_current_xact_id()::text::bigint";

    private long givenAgain;

    @Override public long inflict(EmbeddedDatabase server, SplittableRandom random) throws SQLException {
        long last = crash(server.jdbcUrl(), random.nextInt(1, LONGEST_MILLIS));
        long next = firstAfter(server.jdbcUrl());
        givenAgain += Math.max(0, last - next + 1);
        return System.nanoTime();
    }

    /** Returns the last id that was given before. */
    private static long crash(String url, int millis) throws SQLException {
        long last = 0;
        try (Connection session = DriverManager.getConnection(url); Statement statement = session.createStatement()) {
            long process = number(statement, "SELECT pg_backend_pid()");
            statement.execute("SET synchronous_commit = off");
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() < until) {
                last = number(statement, TAKE_ID);
            }
            ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
        }
        return last;
    }

    private static long firstAfter(String url) throws SQLException {
        long until = System.nanoTime() + BACK_WITHIN;
        while (true) {
            try (Connection session = DriverManager.getConnection(url);
                    Statement statement = session.createStatement()) {
                return number(statement, TAKE_ID);
            } catch (SQLException notYet) {
                if (System.nanoTime() - until > 0) {
                    throw notYet;
                }
                Pause.millis(1);
            }
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** How many transaction ids were given a second time, by all crashes. */
    public long givenAgain() {
        return givenAgain;
    }
}

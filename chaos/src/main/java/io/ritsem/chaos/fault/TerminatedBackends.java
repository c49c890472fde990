package io.ritsem.chaos.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.ritsem.postgres.EmbeddedDatabase;

/** Ends all sessions of the node, again and again, for 10 s. */
public final class TerminatedBackends implements DatabaseFault {

    private static final long LASTS = TimeUnit.SECONDS.toNanos(10);
    private static final int LONGEST_PAUSE_MILLIS = 300;

    @Override public long inflict(EmbeddedDatabase server, SplittableRandom random) throws SQLException {
        long end = System.nanoTime() + LASTS;
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < end) {
                statement.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ritsem'");
                Pause.millis(random.nextInt(LONGEST_PAUSE_MILLIS));
            }
        }
        return System.nanoTime();
    }
}

package io.ritsem.chaos.fault;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;

class CuttingProxyTest {

    private static final int CUTS = 30;

    @Test void cuts_only_what_writes_the_journal_as_often_as_it_was_told_some_before_and_some_after_the_commit()
            throws Exception {
        EmbeddedDatabase server = EmbeddedDatabase.shared();
        String url = server.createDatabase();
        execute(url,
                "CREATE SCHEMA ritsem; CREATE TABLE ritsem.event_journal (x int); CREATE TABLE ritsem.other (x int)");
        try (CuttingProxy proxy = new CuttingProxy(server.port(), CUTS, new SplittableRandom(1))) {
            String through = url.replace(":" + server.port() + "/", ":" + proxy.port() + "/");
            assertThat(failures(through, "INSERT INTO ritsem.other VALUES (?)", 50)).isZero();
            assertThat(proxy.cuts()).isZero();

            int failures = failures(through, "INSERT INTO ritsem.event_journal VALUES (?)", 200);

            assertThat(failures).isEqualTo(CUTS).isEqualTo(proxy.cuts());
            int stored = count(url);
            assertThat(stored).isBetween(200 - CUTS + 1, 199);
        }
    }

    /** Inserts until so many have been tried, each on the connection of the former if that still stands. */
    private static int failures(String url, String sql, int tries) throws SQLException {
        int failures = 0;
        Connection connection = DriverManager.getConnection(url);
        for (int i = 0; i < tries; i++) {
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                insert.setInt(1, i);
                insert.executeUpdate();
            } catch (SQLException cut) {
                failures++;
                connection.close();
                connection = DriverManager.getConnection(url);
            }
        }
        connection.close();
        return failures;
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM ritsem.event_journal")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}

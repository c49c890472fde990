package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A server that waits for a standby that is away: a commit that is given up holds its session, and the server has only so many. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StandbyAwayTest {

    private static final String WRITE = "INSERT INTO notes VALUES (1)";
    private static final int POOL = 4;
    private static final String GIVEN_UP = "08006";
    private static final String READ_ONLY = "25006";

    private final EmbeddedDatabase server = EmbeddedDatabase.temporary();
    private final String url = server.createDatabase();

    @AfterAll void close() {
        server.close();
    }

    @Test void each_connection_waits_once_and_writes_after_that_fail_at_once_while_reads_go_on() throws SQLException {
        execute("CREATE TABLE notes (note int)");
        try (Database database = Database
                .open(new DatabaseSettings(url + "&socketTimeout=3", "", "", POOL, TestJournal.PARTITIONS))) {
            waitFor("nobody");
            await().until(() -> GIVEN_UP.equals(stateOf(database, WRITE)));

            await().atMost(TestJournal.PATIENCE)
                    .until(() -> IntStream.rangeClosed(0, POOL)
                            .allMatch(_ -> READ_ONLY.equals(stateOf(database, WRITE))));
            assertThat(waiting()).isBetween(1L, (long) POOL);
            assertThat(stateOf(database, "SELECT note FROM notes")).isNull();

            waitFor("");
            await().until(() -> stateOf(database, WRITE) == null);
        } finally {
            waitFor("");
        }
    }

    @Test void a_node_that_waits_for_it_is_at_work_all_the_same() throws SQLException {
        try (Database database = Database.open(TestJournal.settings(url))) {
            database.migrate();
            try (NodeHeartbeat heartbeat = NodeHeartbeat.start(database, "here/1", ApplicationModel.of(_ -> {}))) {
                waitFor("nobody");
                await().until(() -> GIVEN_UP.equals(stateOf(database, "UPDATE ritsem.journal_info SET id = id")));

                assertThat(heartbeat.silentFor()).isLessThan(Duration.ofSeconds(4));
                waitFor("");
            }
        } finally {
            waitFor("");
        }
    }

    /** Lets each commit wait for this standby; the server takes a moment to hear of it. */
    private void waitFor(String standby) throws SQLException {
        execute("ALTER SYSTEM SET synchronous_standby_names = '%s'".formatted(standby));
        execute("SELECT pg_reload_conf()");
    }

    private static @Nullable String stateOf(Database database, String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return null;
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = local");
            statement.execute(sql);
        }
    }

    private long waiting() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) {
            count.next();
            return count.getLong(1);
        }
    }
}

package io.ritsem.runtime.journal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** One migrated journal for all, its history put right after each test: databases are slow to make and to delete. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseTest {

    private final TestJournal journal = TestJournal.onFreshDatabase();

    @BeforeAll void save() throws SQLException {
        journal.execute("CREATE TABLE ritsem.saved_history AS SELECT * FROM ritsem.schema_history");
    }

    @AfterEach void restore() throws SQLException {
        journal.clear();
        journal.execute("TRUNCATE ritsem.schema_history");
        journal.execute("INSERT INTO ritsem.schema_history SELECT * FROM ritsem.saved_history");
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void a_server_that_is_not_there_is_one_sentence_without_the_password() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        String url = "jdbc:postgresql://127.0.0.1:" + free + "/ritsem?user=me&password=secret";
        assertThatThrownBy(() -> Database.open(TestJournal.settings(url)))
                .isInstanceOf(DatabaseUnreachableException.class)
                .hasMessageMatching("Cannot connect to the database at jdbc:postgresql://127.0.0.1:\\d+/ritsem: .+")
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("\n");
    }

    @Test void a_user_who_is_not_let_in_is_one_sentence_that_says_why() {
        String url = journal.url().replace("user=postgres", "user=nobody");
        assertThatThrownBy(() -> Database.open(TestJournal.settings(url)))
                .isInstanceOf(DatabaseUnreachableException.class)
                .hasMessageContaining("role \"nobody\" does not exist")
                .hasMessageNotContaining("\n");
    }

    @Test void connections_are_there_as_soon_as_the_server_is_back_however_long_it_was_away() throws SQLException {
        try (TestJournal away = TestJournal.onFreshDatabase()) {
            DataSource pool = away.database().dataSource();
            away.cutOff();
            AtomicInteger none = new AtomicInteger(); // 3 s each: after two the pool on its own would rest for 5 s
            await().atMost(TestJournal.PATIENCE).until(() -> givesNone(pool) && none.incrementAndGet() == 2);
            away.letIn();
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isValid(1)).isTrue();
            }
        }
    }

    private static boolean givesNone(DataSource pool) {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
            return !statement.execute("SELECT 1");
        } catch (SQLTransientConnectionException none) {
            return true;
        } catch (SQLException broken) {
            return false;
        }
    }

    @Test void a_database_without_a_schema_is_refused_until_it_is_migrated_which_a_second_time_does_nothing() {
        try (Database database = Database.open(TestJournal.settings(EmbeddedDatabase.shared().createDatabase()))) {
            assertThatThrownBy(database::check).isInstanceOf(SchemaException.class)
                    .hasMessageContaining("no Ritsem schema yet: run './ritsem migrate'");

            Database.Migration first = database.migrate();

            assertThat(first.from()).isZero();
            assertThat(first.to()).isPositive();
            assertThat(database.migrate()).isEqualTo(new Database.Migration(first.to(), first.to()));
            JournalInfo journal = database.check();
            assertThat(journal).isEqualTo(new JournalInfo(journal.id(), 1, TestJournal.PARTITIONS));
        }
    }

    @Test void a_schema_of_another_release_line_is_refused() throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.schema_history
                        SELECT 1000, '100', 'of the future', 'SQL', 'V100__x.sql', 0, 'me', now(), 1, true""");
        assertThatThrownBy(journal.database()::check).isInstanceOf(SchemaException.class)
                .hasMessageContaining("version 100")
                .hasMessageContaining("start a newer node");
    }

    @Test void a_later_schema_of_the_same_release_line_is_accepted_so_that_old_nodes_may_restart_during_an_update()
            throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.schema_history
                        SELECT 1000, '98', 'of tomorrow', 'SQL', 'V98__x.sql', 0, 'me', now(), 1, true""");
        assertThat(journal.database().check()).isEqualTo(journal.info());
    }

    @Test void a_schema_beyond_this_release_is_not_migrated_but_refused_with_both_versions() throws SQLException {
        int newest = journal.database().migrate().to();
        journal.execute("""
                        INSERT INTO ritsem.schema_history
                        SELECT 1000, '98', 'of tomorrow', 'SQL', 'V98__x.sql', 0, 'me', now(), 1, true""");
        assertThatThrownBy(journal.database()::migrate).isInstanceOf(SchemaException.class)
                .hasMessage("The schema is of version 98, but this release knows versions up to %d: "
                        + "run the newer release", newest);
    }

    @Test void a_schema_that_lacks_a_migration_is_refused() throws SQLException {
        journal.execute("DELETE FROM ritsem.schema_history WHERE version::int > 1");
        assertThatThrownBy(journal.database()::check).isInstanceOf(SchemaException.class)
                .hasMessageContaining("run './ritsem migrate'");
    }

    @Test void a_journal_of_another_partition_count_is_refused() {
        try (Database other = Database.open(new DatabaseSettings(journal.url(), "", "", 4, 16))) {
            assertThatThrownBy(other::check).isInstanceOf(SchemaException.class)
                    .hasMessageContaining("made with 8 partitions")
                    .hasMessageContaining("ritsem.runtime.database.partitions is 16");
        }
    }

    @Test void transaction_ids_that_the_server_has_not_reached_are_refused() throws SQLException {
        assertThat(TestJournal.failure(journal.lane().write(List.of(TestJournal.event("till|a", 1)))))
                .isNull();
        assertThat(journal.database().check()).isEqualTo(journal.info());
        journal.execute("UPDATE ritsem.event_journal SET transaction_id = '900000000000'");
        assertThatThrownBy(journal.database()::check).isInstanceOf(SchemaException.class)
                .hasMessageContaining("restored from a logical backup");
    }

    @Test void the_url_gets_the_parameters_that_it_does_not_set() {
        String url = TestJournal.settings("jdbc:postgresql://db/ritsem?user=me&socketTimeout=60").urlAtWork();
        assertThat(url).startsWith("jdbc:postgresql://db/ritsem?user=me&socketTimeout=60&")
                .contains("connectTimeout=2")
                .contains("targetServerType=primary")
                .contains("statement_timeout")
                .doesNotContain("socketTimeout=5");
        assertThat(TestJournal.settings("jdbc:postgresql://db/ritsem").urlForMigrations())
                .startsWith("jdbc:postgresql://db/ritsem?connectTimeout=2&")
                .doesNotContain("socketTimeout");
    }

    @Test void options_of_the_url_stand_beside_ours_and_win() throws SQLException {
        try (Database own = Database.open(
                TestJournal.settings(journal.url() + "&options=-c%20lock_timeout%3D700%20-c%20work_mem%3D5MB"));
                Connection connection = own.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        SELECT array_to_string(ARRAY(SELECT current_setting(name) FROM unnest(ARRAY['lock_timeout', 'work_mem',
                          'statement_timeout', 'idle_in_transaction_session_timeout']) name), ' ')""")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("700ms 5MB 4500ms 5s");
        }
    }

    @Test void a_wrong_setting_is_named_with_what_would_be_right() {
        assertThatThrownBy(() -> settings("url = \"mysql://x?password=secret\""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ritsem.runtime.database.url")
                .hasMessageContaining("RITSEM_DATABASE_URL")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> settings("pool-size = 1")).hasMessageContaining("pool-size must be at least 4");
        assertThatThrownBy(() -> settings("pool-size = many")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ritsem.runtime.database.pool-size");
        assertThatThrownBy(() -> settings("partitions = 0")).hasMessageContaining("partitions must be 1 to 1024");
    }

    private static DatabaseSettings settings(String line) {
        return DatabaseSettings.from(ConfigFactory.parseString("ritsem.runtime.database { " + line + " }")
                .withFallback(ConfigFactory.defaultReference()));
    }
}

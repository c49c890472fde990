package io.ritsem.postgres;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedDatabaseTest {

    @TempDir Path temp;

    @Test void is_as_durable_as_in_production() {
        String url = EmbeddedDatabase.shared().jdbcUrl();

        assertThat(ask(url, "SHOW fsync")).isEqualTo("on");
        assertThat(ask(url, "SHOW synchronous_commit")).isEqualTo("on");
        assertThat(ask(url, "SHOW full_page_writes")).isEqualTo("on");
        assertThat(ask(url, "SHOW server_version_num")).startsWith("18");
        assertThat(ask(url, "SHOW max_connections")).isEqualTo("300");
    }

    @Test void gives_each_caller_an_empty_database_on_the_one_shared_server() {
        String first = EmbeddedDatabase.shared().createDatabase();
        String second = EmbeddedDatabase.shared().createDatabase();

        execute(first, "CREATE TABLE mine (x int)");

        assertThat(ask(second, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'")).isEqualTo("0");
        assertThat(EmbeddedDatabase.shared()).isSameAs(EmbeddedDatabase.shared());
    }

    @Test void keeps_its_data_in_a_folder_with_spaces_and_refuses_a_second_user() throws Exception {
        Path folder = temp.resolve("a data folder");
        try (EmbeddedDatabase first = EmbeddedDatabase.at(folder)) {
            execute(first.jdbcUrl(), "CREATE TABLE kept AS SELECT 42 AS answer");
            assertThatThrownBy(() -> EmbeddedDatabase.at(folder)).isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining("is used by another process");
            assertThat(askOtherProcessToOpen(folder)).contains("is used by another process");
            assertThatThrownBy(() -> EmbeddedDatabase.delete(folder)).isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining("is used by another process");
        }
        try (EmbeddedDatabase again = EmbeddedDatabase.at(folder)) {
            assertThat(ask(again.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
        }
        EmbeddedDatabase.delete(folder);
        assertThat(folder).doesNotExist();
    }

    @Test void keeps_what_was_committed_when_it_is_sent_away_at_once() {
        Path folder = temp.resolve("sent away");
        try (EmbeddedDatabase database = EmbeddedDatabase.at(folder)) {
            execute(database.jdbcUrl(), "CREATE TABLE kept AS SELECT 42 AS answer");
            database.stopNow();
        }
        try (EmbeddedDatabase again = EmbeddedDatabase.at(folder)) {
            assertThat(ask(again.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test void has_on_its_standby_what_was_acknowledged_and_that_takes_writes_when_it_is_promoted() throws Exception {
        Place first = loopback();
        Place second = loopback();
        try (EmbeddedDatabase primary = EmbeddedDatabase.temporary(first);
                EmbeddedDatabase standby = primary.standby(second)) {
            String url = primary.createDatabase();
            execute(url, "CREATE TABLE kept AS SELECT 42 AS answer");
            assertThat(ask(url, "SELECT sync_state FROM pg_stat_replication")).isEqualTo("sync");
            primary.kill();

            standby.promote();

            String either = url.replace(":" + first.port(), ":%d,%s:%d".formatted(first.port(), second.address(),
                    second.port())) + "&targetServerType=primary";
            execute(either, "INSERT INTO kept SELECT answer + 1 FROM kept");
            assertThat(ask(either, "SELECT sum(answer) FROM kept")).isEqualTo("85");
        }
    }

    private static Place loopback() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return new Place("127.0.0.1", probe.getLocalPort(), List.of());
        }
    }

    @Test void keeps_what_was_committed_when_it_is_killed_and_starts_again_where_it_was() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.temporary()) {
            execute(database.jdbcUrl(), "CREATE TABLE kept AS SELECT 42 AS answer");
            Postmaster server = Postmaster.in(Path.of(ask(database.jdbcUrl(), "SHOW data_directory"))).orElseThrow();
            List<ProcessHandle> children = server.process().descendants().toList();

            database.kill();

            assertThat(database.isRunning()).isFalse();
            assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
            database.startAgain();
            assertThat(ask(database.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
            assertThat(ask(database.jdbcUrl(), "SHOW fsync")).isEqualTo("on");
        }
    }

    @Test void answers_nothing_while_it_is_frozen_and_all_of_it_afterwards() {
        try (EmbeddedDatabase database = EmbeddedDatabase.temporary()) {
            database.freeze();

            assertThatThrownBy(() -> DriverManager.getConnection(database.jdbcUrl() + "&loginTimeout=1"))
                    .isInstanceOf(SQLException.class);
            assertThat(database.isRunning()).isTrue();
            database.thaw();
            assertThat(ask(database.jdbcUrl(), "SELECT 42")).isEqualTo("42");
        }
    }

    @Test void takes_over_the_folder_of_a_killed_process() throws Exception {
        Path folder = temp.resolve("killed");
        Process other = otherProcess("at", folder);
        String url = firstLine(other);
        execute(url, "CREATE TABLE kept AS SELECT 42 AS answer");
        Postmaster orphan = Postmaster.in(folder.toRealPath().resolve("data")).orElseThrow();
        kill(other);
        assertThat(orphan.process().isAlive()).isTrue();

        try (EmbeddedDatabase mine = EmbeddedDatabase.at(folder)) {
            assertThat(ask(mine.jdbcUrl(), "SELECT answer FROM kept")).isEqualTo("42");
            assertThat(Postmaster.in(folder.toRealPath().resolve("data"))).isPresent()
                    .hasValueSatisfying(p -> assertThat(p.process().pid()).isNotEqualTo(orphan.process().pid()));
        }
    }

    @Test void a_temporary_server_removes_what_a_killed_process_left_and_itself() throws Exception {
        Process other = otherProcess("temporary", temp);
        Path abandoned = Path.of(ask(firstLine(other), "SHOW data_directory"));
        Postmaster orphan = Postmaster.in(abandoned).orElseThrow();
        kill(other);

        Path own;
        try (EmbeddedDatabase mine = EmbeddedDatabase.temporary()) {
            assertThat(abandoned.getParent()).doesNotExist();
            assertThat(Postmaster.in(abandoned)).isEmpty();
            assertThat(orphan.process().onExit()).succeedsWithin(Duration.ofSeconds(10));
            own = Path.of(ask(mine.jdbcUrl(), "SHOW data_directory"));
            assertThat(own).exists();
        }
        assertThat(own.getParent()).doesNotExist();
    }

    @Test void begins_anew_where_making_the_data_was_interrupted() throws Exception {
        Path data = Files.createDirectories(temp.resolve("half").resolve("data"));
        Files.writeString(data.resolve("postgresql.conf"), "");

        try (EmbeddedDatabase database = EmbeddedDatabase.at(temp.resolve("half"))) {
            assertThat(ask(database.jdbcUrl(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test void never_deletes_a_folder_it_did_not_make() throws Exception {
        Files.writeString(temp.resolve("precious"), "");

        assertThatThrownBy(() -> EmbeddedDatabase.delete(temp)).isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining("left alone");
        assertThat(temp.resolve("precious")).exists();
    }

    private static String askOtherProcessToOpen(Path folder) throws Exception {
        Process other = otherProcess("at", folder);
        String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private static Process otherProcess(String kind, Path folder) throws Exception {
        return new ProcessBuilder(
                List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-cp",
                        System.getProperty("java.class.path"), OtherProcess.class.getName(), kind, folder.toString()))
                .redirectErrorStream(true)
                .start();
    }

    private static String firstLine(Process process) throws Exception {
        String line = process.inputReader().readLine();
        assertThat(line).startsWith("jdbc:");
        return line;
    }

    private static void kill(Process process) throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private static String ask(String url, String question) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(question, e);
        }
    }

    private static void execute(String url, String order) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(order);
        } catch (SQLException e) {
            throw new AssertionError(order, e);
        }
    }

    /** Opens a database, says where it is, and waits to be killed. */
    static final class OtherProcess {

        private OtherProcess() {}

        public static void main(String[] arguments) throws Exception {
            EmbeddedDatabase database = arguments[0].equals("at") ? EmbeddedDatabase.at(Path.of(arguments[1]))
                    : EmbeddedDatabase.temporary();
            System.out.println(database.jdbcUrl());
            System.in.read();
        }
    }
}

package io.ritsem.node;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;
import io.ritsem.postgres.EmbeddedDatabase;
import bank.Turnover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DevelopmentTest {

    private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());

    @TempDir private Path data;
    @TempDir private Path elsewhere;

    @Test void says_that_the_port_is_taken_before_it_starts_a_database() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken.getLocalPort())).isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("--http-port");
        }

        assertThat(data).isEmptyDirectory();
    }

    @Test void names_the_option_when_another_server_uses_the_folder() {
        try (EmbeddedDatabase _ = EmbeddedDatabase.at(data.resolve("postgres"))) {
            assertThatThrownBy(() -> start(0)).isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("--data")
                    .hasMessageContaining("is used by another process");
        }
    }

    @Test void names_the_ways_out_when_the_folder_has_the_data_of_another_application() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.at(data.resolve("postgres"))) {
            Node.migrate(NodeSettings.load(Map.of("ritsem.runtime.database.url", database.jdbcUrl())));
            try (BankNode node = BankNode.on(database.jdbcUrl(), Map.of())) {
                assertThat(node.post("/api/entities/account/a/open", "{\"owner\":\"Bob\",\"overdraft\":\"0\"}")
                        .statusCode()).isEqualTo(200);
            }
            try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'loan.opened/1'");
                statement.execute("UPDATE ritsem.event_type SET entity_type = 'loan'");
                statement.execute("DELETE FROM ritsem.release");
            }
        }

        assertThatThrownBy(() -> start(0)).isInstanceOf(NodeStartException.class)
                .hasMessageContaining("cannot read: loan.opened/1 (1 event, since ")
                .hasMessageEndingWith(
                        "; or, if %s has the data of another application, name another folder with --data DIR; "
                                + "--fresh deletes the data",
                        data);
    }

    /** An application with a view that is not as it should be. */
    public static final class Misspelt implements Application {

        @Override public void define(Definition app) {
            app.view("debtors", Turnover.Row.class).on("account", new Turnover()).indexedBy("mnth");
        }
    }

    @Test void finds_a_misspelt_field_before_it_starts_a_database() throws IOException {
        Path services = Files.createDirectories(elsewhere.resolve("META-INF/services"));
        Files.writeString(services.resolve(Application.class.getName()), Misspelt.class.getName());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader with = new URLClassLoader(new URL[]{elsewhere.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(with);

            assertThatThrownBy(() -> start(0)).isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("The view 'debtors' is indexed by 'mnth', but its rows only have [");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        assertThat(data).isEmptyDirectory();
    }

    private void start(int port) {
        StopOrder process = new StopOrder();
        try {
            new Development(new Order.Dev(OptionalInt.of(port), data, false, 1, "./ritsem dev"), process, SILENT)
                    .start();
        } finally {
            process.stop();
        }
    }
}

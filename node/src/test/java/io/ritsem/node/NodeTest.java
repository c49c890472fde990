package io.ritsem.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NodeTest {

    private static final String NO_DATABASE = "jdbc:postgresql://127.0.0.1:1/nowhere?user=nobody";
    private static final String DEPOSIT = "{\"amount\":\"1.00\",\"reference\":\"x\"}";

    @Test void remembers_keys_and_rows_across_a_restart() {
        String account = "/api/entities/account/a";
        String url;
        HttpResponse<String> first;
        try (BankNode node = BankNode.start()) {
            url = node.url();
            open(node, account);
            first = node.post(account + "/deposit", DEPOSIT, "Idempotency-Key", "k");
            assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        }
        try (BankNode node = BankNode.on(url, Map.of())) {
            HttpResponse<String> again = node.post(account + "/deposit", DEPOSIT, "Idempotency-Key", "k");

            assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(BankNode.token(again)).isEqualTo(BankNode.token(first));
            assertThat(node.ask("SELECT count(*) FROM ritsem.event_journal")).isEqualTo("2");
            assertThat(node.get("/api/views/balances/a", "Consistency-Token", BankNode.token(again)).body())
                    .contains("\"balance\":\"1.00\"");
        }
    }

    @Test void lets_each_writer_read_its_own_write_in_both_views() {
        try (BankNode node = BankNode.start()) {
            String account = "/api/entities/account/b";
            open(node, account);
            for (int deposit = 1; deposit <= 25; deposit++) {
                HttpResponse<String> written = node.post(account + "/deposit", DEPOSIT);
                String token = BankNode.token(written);

                assertThat(node.get("/api/views/balances/b", "Consistency-Token", token).body())
                        .contains("\"balance\":\"" + deposit + ".00\"");
                assertThat(node.get("/api/views/turnover?reference=x", "Consistency-Token", token).body())
                        .contains("\"" + deposit + ".00\"");
            }
        }
    }

    @Test void says_that_the_port_is_taken_and_how_to_choose_another_before_it_looks_for_the_database()
            throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> BankNode.on(NO_DATABASE, Map.of(NodeSettings.HTTP_PORT, taken.getLocalPort())))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("is taken")
                    .hasMessageContaining("--http-port (RITSEM_HTTP_PORT)");
        }
    }

    @Test void refuses_to_migrate_the_schema_of_a_newer_release() throws SQLException {
        String url = migrated();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE ritsem.schema_history SET version = '98' WHERE version = '2'");
        }

        assertThatThrownBy(() -> Node.migrate(NodeSettings.load(Map.of("ritsem.runtime.database.url", url))))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("version 98")
                .hasMessageEndingWith("run the newer release");
    }

    @Test void refuses_to_start_on_events_that_its_application_cannot_read() throws SQLException {
        String url;
        try (BankNode node = BankNode.start()) {
            url = node.url();
            open(node, "/api/entities/account/a");
        }
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'account.opened/2'");
            statement.execute("UPDATE ritsem.event_type SET version = 2");
        }

        assertThatThrownBy(() -> BankNode.on(url, Map.of())).isInstanceOf(NodeStartException.class)
                .hasMessageStartingWith("The journal holds events that this application cannot read: "
                        + "account.opened/2 (1 event, since ");
    }

    @Test void says_that_the_schema_has_to_be_migrated() {
        String url = EmbeddedDatabase.shared().createDatabase();

        assertThatThrownBy(() -> BankNode.on(url, Map.of())).isInstanceOf(NodeStartException.class)
                .hasMessageContaining("./ritsem migrate");
    }

    @Test void says_that_the_database_is_away() {
        assertThatThrownBy(() -> BankNode.on(NO_DATABASE, Map.of())).isInstanceOf(NodeStartException.class)
                .hasMessageContaining("Cannot connect to the database");
    }

    @Test void says_which_setting_is_wrong_and_what_would_be_right() {
        assertThatThrownBy(() -> NodeSettings.load(Map.of("ritsem.runtime.database.pool-size", 1)))
                .isInstanceOf(NodeStartException.class)
                .hasMessageStartingWith("The configuration is wrong: ")
                .hasMessageContaining("ritsem.runtime.database.pool-size must be at least");
        assertThatThrownBy(() -> NodeSettings.load(Map.of("ritsem.http.port", "eighty")))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("in ritsem.http, ")
                .hasMessageContaining("port");
    }

    private static String migrated() {
        String url = EmbeddedDatabase.shared().createDatabase();
        assertThat(Node.migrate(NodeSettings.load(Map.of("ritsem.runtime.database.url", url))).from()).isZero();
        return url;
    }

    private static void open(BankNode node, String account) {
        HttpResponse<String> opened = node.post(account + "/open", "{\"owner\":\"Bob\",\"overdraft\":\"0\"}");
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
    }
}

package io.ritsem.node;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The database takes no connections for a while. The node says so, and goes on by itself when it is back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DEPOSIT = "{\"amount\":\"1.00\",\"reference\":\"rent\"}";

    private BankNode node;

    @BeforeAll void start() {
        node = BankNode.start(Map.of("ritsem.http.request-timeout", "4s"));
    }

    @AfterEach void database_is_back() {
        allowConnections();
    }

    @AfterAll void stop() {
        node.close();
    }

    @Test void answers_503_to_commands_and_each_takes_effect_once_when_the_database_is_back() {
        String account = open("commands");
        refuseConnections();

        // one that was on its way when the connection was cut may be stored, so it is answered 504
        HttpResponse<String> first = deposit(account, "first");
        assertThat(first.statusCode()).as(first.body()).isIn(503, 504);
        await().atMost(PATIENCE).untilAsserted(() -> unavailable(deposit(account, "second")));
        unavailable(List.of(() -> deposit("/api/entities/account/asleep", "third"),
                () -> node.get("/api/entities/account/asleep")));

        allowConnections();
        await().atMost(PATIENCE).untilAsserted(() -> accepted(deposit(account, "first")));
        await().atMost(PATIENCE).untilAsserted(() -> accepted(deposit(account, "second")));

        assertThat(node.ask("SELECT count(*) FROM ritsem.event_journal WHERE persistence_id = 'account|commands'"))
                .isEqualTo("3");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(deposit("/api/entities/account/asleep", "third").statusCode())
                        .isEqualTo(422));
    }

    @Test void is_not_ready_while_the_database_takes_no_writes_but_alive() {
        assertThat(node.health("/ready")).isEqualTo(200);
        refuseConnections();

        await().atMost(PATIENCE).until(() -> node.health("/ready") == 500);
        assertThat(node.health("/alive")).isEqualTo(200);

        allowConnections();
        await().atMost(PATIENCE).until(() -> node.health("/ready") == 200);
    }

    @Test void answers_503_to_readers_of_views_and_the_views_follow_when_the_database_is_back() {
        String account = open("views");
        refuseConnections();

        await().atMost(PATIENCE)
                .untilAsserted(() -> unavailable(List.of(() -> node.get("/api/views/balances/views"),
                        () -> node.get("/api/views/balances?owner=Ada"), () -> node.get("/api/views/turnover"))));

        allowConnections();
        await().atMost(PATIENCE).untilAsserted(() -> accepted(deposit(account, "first")));
        String token = BankNode.token(deposit(account, "first"));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(node.get("/api/views/balances/views", "Consistency-Token", token).body())
                                .contains("\"balance\":\"1.00\""));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(node.get("/api/views/turnover", "Consistency-Token", token).statusCode())
                                .isEqualTo(200));
    }

    private String open(String id) {
        String account = "/api/entities/account/" + id;
        await().atMost(PATIENCE)
                .untilAsserted(() -> accepted(node.post(account + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0.00\"}",
                        "Idempotency-Key", "open")));
        return account;
    }

    private HttpResponse<String> deposit(String account, String key) {
        return node.post(account + "/deposit", DEPOSIT, "Idempotency-Key", key);
    }

    private static void accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** All of them at once, as each waits for a connection. */
    private static void unavailable(List<Callable<HttpResponse<String>>> questions) {
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> answer : askers.invokeAll(questions, PATIENCE.toSeconds(),
                    TimeUnit.SECONDS)) {
                unavailable(answer.resultNow());
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void unavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body()).contains("\"retryable\":true").doesNotContain("Exception", "io.ritsem", "at java");
    }

    private void refuseConnections() {
        onServer("ALTER DATABASE \"" + database() + "\" WITH ALLOW_CONNECTIONS false");
        onServer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database() + "'");
    }

    private void allowConnections() {
        onServer("ALTER DATABASE \"" + database() + "\" WITH ALLOW_CONNECTIONS true");
    }

    private String database() {
        return node.url().substring(node.url().lastIndexOf('/') + 1, node.url().indexOf('?'));
    }

    private void onServer(String sql) {
        String server = node.url().replace("/" + database() + "?", "/postgres?");
        try (Connection connection = DriverManager.getConnection(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }
}

package io.ritsem.http.server;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import io.ritsem.http.HttpServer;
import io.ritsem.http.sample.InMemoryGateway;
import io.ritsem.http.sample.RawClient;
import io.ritsem.http.sample.TestClient;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.sample.Wallets;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandOutcome;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Slow clients, starting and stopping. */
class ConnectionsTest {

    private static final String OPEN = String.join("\r\n",
            "POST /api/entities/wallet/slow/open HTTP/1.1", "Host: x", "Content-Type: application/json",
            "Content-Length: 15",
            "", "");

    private final ApplicationModel application = ApplicationModel.of(new Wallets());
    private final InMemoryGateway gateway = new InMemoryGateway(application);

    @Test void cuts_off_who_stalls_between_requests_in_the_headers_in_the_body_and_in_a_stream() throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "idle-timeout = 600ms", "request-timeout = 300ms");
        try (RawClient silent = new RawClient(server.port());
                RawClient inHeaders = new RawClient(server.port());
                RawClient inBody = new RawClient(server.port());
                RawClient inStream = new RawClient(server.port())) {
            inHeaders.send("GET / HTTP/1.1\r\nHos");
            inBody.send(OPEN + "{");
            inStream.send("POST /api/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                    + "Content-Length: 100\r\n\r\n{");

            assertThat(silent.isClosedByServer()).isTrue();
            assertThat(inHeaders.isClosedByServer()).isTrue();
            assertThat(inBody.isClosedByServer()).isTrue();
            assertThat(inStream.isClosedByServer()).isTrue();
        } finally {
            server.stop();
        }
    }

    @Test void refuses_a_body_that_trickles() throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "body-timeout = 1ms");
        try (RawClient client = new RawClient(server.port())) {
            client.send(OPEN + "{");
            await().atMost(20, SECONDS).until(() -> {
                client.send("\"");
                return true;
            });

            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.isClosedByServer()).isTrue();
        } finally {
            server.stop();
        }
    }

    @Test void cuts_off_who_stalls_in_a_body_before_who_is_only_idle() throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "body-timeout = 100ms");
        try (RawClient stalled = new RawClient(server.port())) {
            stalled.send(OPEN + "{");

            assertThat(stalled.isClosedByServer()).isTrue();
        } finally {
            server.stop();
        }
    }

    @Test void a_command_may_take_longer_than_its_body() throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "body-timeout = 100ms", "request-timeout = 500ms",
                "idle-timeout = 2s");
        CompletableFuture<CommandOutcome> held = new CompletableFuture<>();
        gateway.intercept(_ -> held);
        try (RawClient client = new RawClient(server.port())) {
            client.send(OPEN + "{\"owner\":\"abc\"}");
            // the check of idle connections comes every second here
            held.completeOnTimeout(new CommandOutcome.Rejected("no", "no", new byte[0]), 1500, MILLISECONDS);

            assertThat(client.answer().status()).isEqualTo(422);
        } finally {
            server.stop();
        }
    }

    @Test void lets_a_running_request_end_when_it_stops() {
        HttpServer server = TestHttp.start(gateway, application);
        CompletableFuture<CommandOutcome> held = new CompletableFuture<>();
        gateway.intercept(_ -> held);
        try (TestClient client = new TestClient(server.port())) {
            CompletableFuture<TestClient.Answer> answer = CompletableFuture
                    .supplyAsync(() -> client.post("/api/entities/wallet/stop/open", "{\"owner\":\"a\"}"));
            await().atMost(20, SECONDS).until(() -> gateway.requests().size() == 1);

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
            held.complete(new CommandOutcome.Rejected("no", "no", new byte[0]));

            assertThat(answer.orTimeout(20, SECONDS).join().status()).isEqualTo(422);
            stopped.orTimeout(20, SECONDS).join();
        }
    }

    @Test void answers_what_still_comes_on_an_open_connection_when_it_stops_and_says_that_it_is_the_last()
            throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "drain-timeout = 20s");
        try (RawClient open = new RawClient(server.port())) {
            open.send("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(open.answer().head()).doesNotContain("Connection: close");
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
            await().atMost(20, SECONDS).until(() -> isAnsweredForTheLastTime(server.port()));
            assertThat(stopped).isNotDone();

            open.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");

            RawClient.Answer last = open.answer();
            assertThat(last.status()).isEqualTo(404);
            assertThat(last.head()).contains("Connection: close");
            assertThat(open.isClosedByServer()).isTrue();
            stopped.orTimeout(10, SECONDS).join();
        }
    }

    private static boolean isAnsweredForTheLastTime(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            return client.answer().head().contains("Connection: close");
        }
    }

    @Test void a_bulk_request_takes_no_new_lines_when_it_stops_and_still_answers_those_that_it_has()
            throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "drain-timeout = 20s");
        CompletableFuture<CommandOutcome> held = new CompletableFuture<>();
        gateway.intercept(_ -> held);
        String line = "{\"type\":\"wallet\",\"id\":\"bulk\",\"command\":\"touch\",\"data\":{}}\n";
        String chunk = Integer.toHexString(line.length()) + "\r\n" + line + "\r\n";
        try (RawClient bulk = new RawClient(server.port())) {
            bulk.send("POST /api/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk);
            await().atMost(20, SECONDS).until(() -> gateway.requests().size() == 1);
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);
            await().atMost(20, SECONDS).until(() -> isAnsweredForTheLastTime(server.port()));

            bulk.send(chunk + chunk);
            held.complete(new CommandOutcome.Rejected("no", "no", new byte[0]));

            assertThat(TestClient.parse(bulk.jsonLine()).at("/status").asInt()).isEqualTo(422);
            JsonNode last = TestClient.parse(bulk.jsonLine());
            assertThat(last.at("/status").asInt()).isEqualTo(503);
            assertThat(last.at("/code").asText()).isEqualTo("stopping");
            assertThat(gateway.requests()).hasSize(1);
            bulk.send(chunk + "0\r\n\r\n");
            assertThat(bulk.line() + bulk.line() + bulk.line()).isEqualTo("0");
            assertThat(bulk.isClosedByServer()).isTrue();
            stopped.orTimeout(10, SECONDS).join();
        }
    }

    @Test void cuts_off_what_runs_longer_than_a_stop_may_take() {
        HttpServer server = TestHttp.start(gateway, application, "stop-timeout = 100ms");
        gateway.intercept(_ -> new CompletableFuture<>());
        try (TestClient client = new TestClient(server.port())) {
            CompletableFuture<TestClient.Answer> answer = CompletableFuture
                    .supplyAsync(() -> client.post("/api/entities/wallet/stop/open", "{\"owner\":\"a\"}"));
            await().atMost(20, SECONDS).until(() -> gateway.requests().size() == 1);

            CompletableFuture.runAsync(server::stop).orTimeout(8, SECONDS).join();

            await().atMost(20, SECONDS).until(answer::isDone);
        }
    }

    @Test void says_which_port_is_taken() {
        HttpServer server = TestHttp.start(gateway, application);
        try {
            assertThatThrownBy(() -> TestHttp.start(gateway, application, "port = " + server.port()))
                    .isInstanceOf(PortTakenException.class)
                    .hasMessageStartingWith(
                            "Port %d of 127.0.0.1 is taken by another process".formatted(server.port()));
        } finally {
            server.stop();
        }
    }

    @Test void refuses_to_listen_beyond_loopback_unless_told_so_in_as_many_words() {
        assertThatThrownBy(() -> TestHttp.settings("host = \"0.0.0.0\"")).hasMessageContaining("ritsem.http.host")
                .hasMessageContaining("ritsem.http.allow-unauthenticated = true");
        assertThat(TestHttp.settings("host = \"0.0.0.0\"", "allow-unauthenticated = true").host()).isEqualTo("0.0.0.0");
        assertThat(TestHttp.settings("host = \"localhost\"").host()).isEqualTo("localhost");
    }

    @Test void refuses_settings_that_cannot_be() {
        for (String bad : new String[]{"port = 70000", "request-timeout = 0s", "bulk-window = 0", "body-limit = 0",
            "header-limit = 10", "connections = 0", "idle-timeout = 1s", "body-timeout = 0s",
            "bytes-in-flight = 1 MB"}) {
            assertThatThrownBy(() -> TestHttp.settings(bad)).as(bad)
                    .hasMessageContaining("ritsem.http." + bad.substring(0, bad.indexOf(' ')));
        }
    }

    @Test void accepts_no_more_connections_than_it_may_have() throws IOException {
        HttpServer server = TestHttp.start(gateway, application, "connections = 1");
        String get = "GET /none HTTP/1.1\r\nHost: x\r\n\r\n";
        RawClient first = new RawClient(server.port());
        assertThat(first.send(get).answer().status()).isEqualTo(404);
        try (RawClient second = new RawClient(server.port())) {
            second.send(get);
            first.close();

            assertThat(second.answer().status()).isEqualTo(404);
        } finally {
            server.stop();
        }
    }
}

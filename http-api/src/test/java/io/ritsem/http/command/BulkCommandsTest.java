package io.ritsem.http.command;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.http.HttpServer;
import io.ritsem.http.sample.InMemoryGateway;
import io.ritsem.http.sample.RawClient;
import io.ritsem.http.sample.TestClient;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.sample.Wallets;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BulkCommandsTest {

    private static final int WINDOW = 16;
    private static final String HEAD = String.join("\r\n", "POST /api/commands HTTP/1.1", "Host: x",
            "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked", "", "");

    private final ApplicationModel application = ApplicationModel.of(new Wallets());
    private final InMemoryGateway gateway = new InMemoryGateway(application);
    private HttpServer server;
    private TestClient client;

    @BeforeAll void start() {
        server = TestHttp.start(gateway, application, "bulk-window = " + WINDOW, "request-timeout = 1s");
        client = new TestClient(server.port());
    }

    @AfterEach void reset() {
        gateway.reset();
    }

    @AfterAll void stop() {
        client.close();
        server.stop();
    }

    private static String open(String id) {
        return CommandContract.line(id, "open", "{\"owner\":\"alice\"}", "");
    }

    private static String put(String id) {
        return CommandContract.line(id, "put", "{\"amount\":\"1.00\"}", "");
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private List<Integer> statuses(String... lines) {
        return client.bulk(String.join("\n", lines)).lines().stream().map(line -> line.at("/status").asInt()).toList();
    }

    @Test void writes_results_while_later_lines_are_still_to_come() throws IOException {
        try (RawClient raw = new RawClient(server.port())) {
            raw.send(HEAD + chunk(open("early") + "\n"));
            JsonNode first = TestClient.parse(raw.jsonLine());
            raw.send(chunk(put("early") + "\n"));
            JsonNode second = TestClient.parse(raw.jsonLine());
            raw.send("0\r\n\r\n");

            assertThat(first.at("/version").asInt()).isEqualTo(1);
            assertThat(second.at("/version").asInt()).isEqualTo(2);
        }
    }

    @Test void takes_lines_that_are_cut_anywhere() throws IOException {
        String lines = open("cut") + "\r\n \n" + put("cut") + "\n" + put("cut");
        try (RawClient raw = new RawClient(server.port())) {
            raw.send(HEAD + lines.chars().mapToObj(c -> chunk(Character.toString(c))).collect(Collectors.joining())
                    + "0\r\n\r\n");

            raw.jsonLine();
            raw.jsonLine();
            assertThat(TestClient.parse(raw.jsonLine()).at("/version").asInt()).isEqualTo(3);
        }
    }

    @Test void has_no_more_lines_in_flight_than_its_window() {
        Map<CommandRequest, CompletableFuture<CommandOutcome>> open = new ConcurrentHashMap<>();
        gateway.intercept(request -> open.computeIfAbsent(request, _ -> new CompletableFuture<>()));
        String lines = IntStream.range(0, 100).mapToObj(i -> put("window-" + i)).collect(Collectors.joining("\n"));
        CompletableFuture<TestClient.Answer> answer = CompletableFuture.supplyAsync(() -> client.bulk(lines));

        await().atMost(20, SECONDS).until(() -> open.size() >= WINDOW);
        AtomicInteger most = new AtomicInteger();
        await().atMost(20, SECONDS).until(() -> {
            long waiting = open.values().stream().filter(each -> !each.isDone()).count();
            most.accumulateAndGet((int) waiting, Math::max);
            open.values().forEach(each -> each.complete(new CommandOutcome.Rejected("no", "no", new byte[0])));
            return answer.isDone();
        });

        // one result is in the writer's hand, one line in the reader's
        assertThat(most.get()).isLessThanOrEqualTo(WINDOW + 2);
        assertThat(answer).isCompletedWithValueMatching(each -> each.lines().size() == 100);
    }

    @Test void decides_entities_side_by_side_but_each_in_line_order() {
        CompletableFuture<CommandOutcome> held = new CompletableFuture<>();
        gateway.intercept(
                request -> request.entity().id().equals("slow") && request.command().equals("open") ? held : null);
        CompletableFuture<List<Integer>> statuses = CompletableFuture
                .supplyAsync(() -> statuses(open("slow"), put("slow"), open("quick"), put("quick")));

        await().atMost(20, SECONDS).until(() -> gateway.requests().size() == 3);

        assertThat(gateway.requests()).extracting(request -> request.entity().id())
                .containsExactlyInAnyOrder("slow", "quick", "quick");
        held.complete(new CommandOutcome.Rejected("not-now", "not now", new byte[0]));
        assertThat(statuses.orTimeout(20, SECONDS).join()).containsExactly(422, 422, 200, 200);
    }

    @Test void attempts_no_later_line_of_an_entity_whose_line_is_not_decided_still_runs_or_is_in_doubt() {
        gateway.intercept(request -> switch (request.entity().id()) {
            case "away" -> CompletableFuture.completedFuture(new CommandOutcome.Unavailable("journal-away"));
            case "doubt" -> CompletableFuture.completedFuture(new CommandOutcome.OutcomeUnknown());
            case "runs" -> CompletableFuture.completedFuture(new CommandOutcome.KeyInFlight());
            case "bug" -> CompletableFuture.completedFuture(CommandErrorsTest.unspeakable());
            default -> null;
        });

        List<JsonNode> results = client.bulk(String.join("\n", open("away"), put("away"), open("doubt"), put("doubt"),
                open("runs"), put("runs"), open("bug"), put("bug"), open("fine"), put("fine"), put("away"))).lines();

        assertThat(results).extracting(result -> result.has("code") ? result.at("/code").asText() : "ok")
                .containsExactly(
                        "journal-away", "not-attempted", "outcome-unknown", "not-attempted", "key-in-flight",
                        "not-attempted", "outcome-unknown", "not-attempted", "ok", "ok", "not-attempted");
        assertThat(results.get(1).at("/status").asInt()).isEqualTo(503);
        assertThat(results.get(1).at("/retryable").asBoolean()).isTrue();
        assertThat(results.get(4).at("/status").asInt()).isEqualTo(409);
        assertThat(results.get(6).at("/status").asInt()).isEqualTo(500);
        assertThat(gateway.requests()).hasSize(6);
    }

    @Test void goes_on_after_an_outcome_that_does_not_come() {
        gateway.intercept(request -> request.entity().id().equals("lost") ? new CompletableFuture<>() : null);

        assertThat(statuses(open("lost"), put("lost"), open("found-2"))).containsExactly(504, 503, 200);
    }

    @Test void passes_over_blank_lines() {
        assertThat(statuses("", open("spaced"), " \t\r", "", put("spaced"), "")).containsExactly(200, 200);
    }

    @Test void lets_a_rejection_stop_nothing() {
        assertThat(statuses(put("later"), open("later"), put("later"))).containsExactly(422, 200, 200);
    }

    @Test void refuses_a_line_over_the_limit_and_goes_on() {
        String large = CommandContract.line("large", "put",
                "{\"amount\":\"1.00\",\"note\":\"" + "x".repeat(300_000) + "\"}", "");

        assertThat(statuses(open("large"), large, put("large"), large)).containsExactly(200, 413, 200, 413);
    }

    @Test void says_what_is_wrong_with_a_line() {
        List<JsonNode> results = client
                .bulk("""
                      {"type":"wallet","id":7,"command":"put","data":[],"key":"","expectedVersion":-1,"more":1}
                      {"type":"wallet","id":"a"}
                      {"type":"wallet","type":"wallet","id":"a","command":"put","data":{}}
                      {"type":"wallet","id":"a b","command":"touch","data":{}}
                      {"type":"purse","id":"a","command":"touch","data":{}}
                      {"type":"wallet","id":"\\ud800","command":"touch","data":{}}
                      [1]
                      {"type":"wallet","id":"a","command":"put","data":{}} x
                      {"type":"wallet","id":wrong}
                      """)
                .lines();

        assertThat(results).extracting(result -> result.at("/status").asInt())
                .containsExactly(400, 400, 400, 400, 404, 400,
                        400, 400, 400);
        assertThat(results.get(7).at("/detail").asText()).contains("column 54: ");
        assertThat(results.get(8).at("/detail").asText()).contains("column 23: ");
        assertThat(results.getFirst().at("/errors").findValuesAsText("pointer")).containsExactly("/id", "/data", "/key",
                "/expectedVersion", "/more");
        assertThat(results.get(1).at("/errors").findValuesAsText("pointer")).containsExactly("/command", "/data");
        assertThat(results.get(3).at("/errors/0/pointer").asText()).isEqualTo("/id");
        assertThat(gateway.requests()).isEmpty();
    }

    @Test void bounds_what_it_says_of_a_line_that_has_too_many_mistakes() {
        String members = IntStream.range(0, 5_000).mapToObj(i -> "\"m" + i + "\":1").collect(Collectors.joining(","));

        JsonNode result = client.bulk("{" + members + "}\n").lines().getFirst();

        assertThat(result.at("/status").asInt()).isEqualTo(400);
        assertThat(result.at("/errors")).hasSize(101);
    }

    @Test void hands_the_bytes_of_the_data_on_as_they_are() {
        client.bulk(
                "{\"data\" : { \"owner\" : \"Zo\\u00eb ë\" } ,\"type\":\"wallet\",\"id\":\"raw\",\"command\":\"open\"}");

        assertThat(gateway.requests().getFirst().body())
                .asString(java.nio.charset.StandardCharsets.UTF_8)
                .isEqualTo("{ \"owner\" : \"Zo\\u00eb ë\" }");
    }

    @Test void answers_no_lines_with_no_lines() {
        assertThat(client.bulk("\n \n\r\n").text()).isEmpty();
        assertThat(client.bulk("").status()).isEqualTo(200);
    }

    @Test void waits_for_a_line_for_as_long_as_anything_comes() throws IOException {
        HttpServer impatient = TestHttp.start(gateway, application, "request-timeout = 300ms", "idle-timeout = 1s");
        try (RawClient raw = new RawClient(impatient.port())) {
            raw.send(HEAD + chunk(open("patient") + "\n"));
            raw.jsonLine();
            long longSince = System.nanoTime() + Duration.ofMillis(2500).toNanos();
            await().atMost(20, SECONDS).pollInterval(Duration.ofMillis(50)).until(() -> {
                raw.send(chunk("\n"));
                return System.nanoTime() > longSince;
            });

            raw.send(chunk(put("patient") + "\n") + "0\r\n\r\n");

            assertThat(TestClient.parse(raw.jsonLine()).at("/version").asInt()).isEqualTo(2);
        } finally {
            impatient.stop();
        }
    }

    @Test void frees_its_connection_at_once_when_the_client_goes() throws IOException {
        HttpServer narrow = TestHttp.start(gateway, application, "connections = 1");
        gateway.intercept(_ -> new CompletableFuture<>());
        try (TestClient next = new TestClient(narrow.port())) {
            try (RawClient raw = new RawClient(narrow.port())) {
                raw.send(HEAD + chunk(open("gone-1") + "\n" + open("gone-2") + "\n" + open("gone-3") + "\n"));
                await().atMost(20, SECONDS).until(() -> gateway.requests().size() == 3);
            }

            assertThat(next.get("/api/entities/wallet/none").status()).isEqualTo(404);
        } finally {
            narrow.stop();
        }
    }

    @Test void ends_with_a_problem_when_the_chunks_are_malformed() throws IOException {
        try (RawClient raw = new RawClient(server.port())) {
            raw.send(HEAD + chunk(open("torn") + "\n") + "zz\r\n");

            assertThat(TestClient.parse(raw.jsonLine()).at("/status").asInt()).isEqualTo(200);
            assertThat(TestClient.parse(raw.jsonLine()).at("/status").asInt()).isEqualTo(400);
            assertThat(raw.isClosedByServer()).isTrue();
        }
    }
}

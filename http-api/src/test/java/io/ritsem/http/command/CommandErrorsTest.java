package io.ritsem.http.command;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.http.HttpServer;
import io.ritsem.http.sample.InMemoryGateway;
import io.ritsem.http.sample.RawClient;
import io.ritsem.http.sample.TestClient;
import io.ritsem.http.sample.TestClient.Answer;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.sample.Wallets;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandErrorsTest {

    private static final String WALLET = "/api/entities/wallet/w-1";
    private static final String PUT = WALLET + "/put";
    private static final String BODY = "{\"amount\":\"1.00\"}";

    private final ApplicationModel application = ApplicationModel.of(new Wallets());
    private final InMemoryGateway gateway = new InMemoryGateway(application);
    private HttpServer server;
    private TestClient client;

    @BeforeAll void start() {
        server = TestHttp.start(gateway, application, "request-timeout = 700ms");
        client = new TestClient(server.port());
        client.post(WALLET + "/open", "{\"owner\":\"alice\"}");
    }

    @AfterEach void reset() {
        gateway.reset();
    }

    @AfterAll void stop() {
        client.close();
        server.stop();
    }

    @Test void names_what_there_is_when_a_type_or_command_is_unknown() {
        Answer type = client.post("/api/entities/purse/w-1/put", BODY);
        Answer command = client.post(WALLET + "/steal", BODY);

        assertThat(type.status()).isEqualTo(404);
        assertThat(type.json().at("/code").asText()).isEqualTo("unknown-type");
        assertThat(type.json().at("/known").toString()).isEqualTo("[\"wallet\"]");
        assertThat(command.json().at("/code").asText()).isEqualTo("unknown-command");
        assertThat(detail(command)).isEqualTo("There is no command 'steal' of 'wallet'");
        assertThat(command.json().at("/known").toString()).contains("\"put-often\"");
        assertThat(gateway.requests()).isEmpty();
    }

    static Stream<String> badIds() {
        return Stream.of("%00", "a%20b", "a%2Fb", "%C3%A9", "%zz", "%", "%C3", "a;b", "%F0%28%8C%28", "",
                "x".repeat(300));
    }

    @ParameterizedTest @MethodSource("badIds") void refuses_an_id_that_cannot_be(String id) throws IOException {
        try (RawClient raw = new RawClient(server.port())) {
            RawClient.Answer answer = raw
                    .send("POST /api/entities/wallet/%s/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            .formatted(id) + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY)
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(TestClient.parse(answer.body()).at("/errors/0/path").asText()).isEqualTo("id");
        }
    }

    @ParameterizedTest @CsvSource(delimiter = '|', quoteCharacter = '`',
            value = {"Idempotency-Key|\"open", "Idempotency-Key|\"a\"b",
                "Idempotency-Key|\"\"", "Idempotency-Key|é", "If-Match|W/\"7\"", "If-Match|*", "If-Match|\"1\", \"2\"",
                "If-Match|abc", "If-Match|\"-1\"", "If-Match|99999999999999999999", "If-None-Match|\"7\"",
                "Correlation-Id|é"}) void refuses_headers_that_say_nothing(String name, String value)
                        throws IOException {
        try (RawClient raw = new RawClient(server.port())) {
            RawClient.Answer answer = raw.send(("POST " + PUT + " HTTP/1.1\r\nHost: x\r\n" + name + ": " + value
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY))
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(TestClient.parse(answer.body()).at("/errors/0/header").asText()).isEqualTo(name);
        }
        assertThat(gateway.requests()).isEmpty();
    }

    @Test void lists_all_that_is_wrong_with_the_request_beside_its_body() {
        Answer answer = client.post(PUT + "?dryRun=maybe&dryRum=true&x=%zz".replace("%zz", "%25zz"), BODY,
                "Idempotency-Key", "k".repeat(256), "If-Match", "x", "If-None-Match", "*");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/errors")).hasSize(5);
    }

    @Test void bounds_what_it_lists_of_too_many_mistakes() {
        Answer answer = client.post(PUT + "?" + "x&y&".repeat(1_500), BODY);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/errors")).hasSize(101);
        assertThat(answer.json().at("/errors/100/message").asText()).startsWith("there may be more errors");
        assertThat(detail(answer)).isEqualTo("The request is not valid: 3000 errors");
    }

    @Test void the_detail_names_the_place_of_the_only_error() {
        assertThat(detail(client.post(PUT, "{}"))).isEqualTo("The body is not valid: /amount must be there");
        assertThat(detail(client.post(PUT, "[]"))).startsWith("The body is not valid: must be ");
        assertThat(detail(client.post(PUT + "?dryRun=maybe", BODY)))
                .isEqualTo("The request is not valid: 'dryRun' must be true or false");
    }

    private static String detail(Answer answer) {
        return answer.json().at("/detail").asText();
    }

    @Test void takes_keys_of_255_characters_and_quoted_ones_with_escapes() {
        client.post(PUT, BODY, "Idempotency-Key", "k".repeat(255));
        client.post(PUT, BODY, "Idempotency-Key", "\"a\\\"b\\\\c\"");

        assertThat(gateway.requests()).extracting(CommandRequest::key).containsExactly("k".repeat(255), "a\"b\\c");
    }

    @ParameterizedTest @ValueSource(strings = {"text/plain", "application/jsonx", "application/json; charset=latin1",
        "x"}) void refuses_what_is_not_json(String type) {
        Answer answer = client.post(PUT, BODY, "Content-Type", type);

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.json().at("/code").asText()).isEqualTo("unsupported-media-type");
    }

    @ParameterizedTest @ValueSource(
            strings = {"application/json", "application/json; charset=UTF-8", "application/vnd.bank+json",
                "APPLICATION/JSON;charset=\"utf-8\""}) void takes_all_that_is_json(String type) {
        assertThat(client.post(PUT, BODY, "Content-Type", type).status()).isEqualTo(200);
    }

    @Test void refuses_a_body_without_a_content_type() {
        assertThat(client.send(client.builder(PUT).POST(BodyPublishers.ofString(BODY))).status()).isEqualTo(415);
    }

    @Test void answers_only_what_is_acceptable() {
        assertThat(client.post(PUT, BODY, "Accept", "text/html").status()).isEqualTo(406);
        assertThat(client.post(PUT, BODY, "Accept", "application/json;q=0, */*").status()).isEqualTo(406);
        assertThat(client.post(PUT, BODY, "Accept", "text/html, application/*;q=0.1").status()).isEqualTo(200);
        assertThat(client.get(WALLET, "Accept", "text/html, */*;q=0.1").status()).isEqualTo(200);
    }

    @Test void says_which_methods_there_are() {
        Answer wrong = client.send(client.builder(PUT).DELETE());
        Answer options = client.send(client.builder(WALLET + "/events").method("OPTIONS", BodyPublishers.noBody()));
        Answer head = client.send(client.builder(WALLET).HEAD());

        assertThat(wrong.status()).isEqualTo(405);
        assertThat(wrong.header("Allow")).isEqualTo("OPTIONS, POST");
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(client.get(WALLET).text().length()));
    }

    @Test void knows_nothing_beside_its_paths() {
        assertThat(client.get("/").json().at("/code").asText()).isEqualTo("not-found");
        assertThat(client.get("/api/entities/wallet/w-1/").status()).isEqualTo(405);
        assertThat(client.get("/api/entities/wallet/w-1/put/x").status()).isEqualTo(404);
    }

    @Test void refuses_a_body_over_the_limit_however_it_is_sent() {
        String large = "{\"amount\":\"1\",\"note\":\"" + "x".repeat(256 << 10) + "\"}";

        Answer declared = client.post(PUT, large);
        Answer chunked = client.send(client.builder(PUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers
                        .ofInputStream(
                                () -> new java.io.ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)))));

        assertThat(declared.status()).isEqualTo(413);
        assertThat(declared.json().at("/limit").asInt()).isEqualTo(256 << 10);
        assertThat(chunked.status()).isEqualTo(413);
        assertThat(client.post(PUT, BODY).status()).isEqualTo(200);
    }

    @Test void takes_a_body_of_just_the_limit_in_one_piece_and_in_chunks() {
        String head = "{\"amount\":\"1.00\"";
        String body = head + " ".repeat((256 << 10) - head.length() - 1) + "}";

        assertThat(client.post(PUT, body).status()).isEqualTo(200);
        assertThat(client.send(client.builder(PUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers
                        .ofInputStream(() -> new java.io.ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))))
                .status())
                .isEqualTo(200);
    }

    @Test void says_what_is_wrong_with_an_id() {
        assertThat(detail(client.post("/api/entities/wallet/a%20b/put", BODY))).endsWith("; this one has ' '");
        assertThat(detail(client.post("/api/entities/wallet/a%C3%A9/put", BODY))).endsWith("; this one has U+00E9");
        assertThat(detail(client.post("/api/entities/wallet/" + "x".repeat(300) + "/put", BODY)))
                .endsWith("; this one has 300");
    }

    @Test void says_which_entity_is_at_another_version() {
        assertThat(detail(client.post(PUT, BODY, "If-Match", "\"99\""))).startsWith("wallet w-1 is at version ");
    }

    @Test void says_how_long_a_node_that_was_killed_is_still_counted() {
        gateway.intercept(_ -> CompletableFuture
                .completedFuture(new CommandOutcome.Unavailable("older-nodes-at-work")));

        assertThat(detail(client.post(PUT, BODY))).contains("a node that was killed counts for up to a minute");
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(Arguments.of(new CommandOutcome.KeyInFlight(), 409, "key-in-flight"),
                Arguments.of(new CommandOutcome.TooLarge("put-in", 2_000_000, 1_048_576), 413, "event-too-large"),
                Arguments.of(new CommandOutcome.Unavailable("journal-away"), 503, "journal-away"),
                Arguments.of(new CommandOutcome.OutcomeUnknown(), 504, "outcome-unknown"),
                Arguments.of(new CommandOutcome.Failed("a".repeat(32)), 500, "internal-error"),
                Arguments.of(new CommandOutcome.UnknownCommand("put", List.of("x")), 404, "unknown-command"));
    }

    @ParameterizedTest @MethodSource("outcomes") void maps_every_outcome_to_its_status(CommandOutcome outcome,
            int status, String code) {
        gateway.intercept(_ -> CompletableFuture.completedFuture(outcome));

        Answer answer = client.post(PUT, BODY);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/code").asText()).isEqualTo(code);
        assertThat(answer.json().at("/retryable").asBoolean()).isEqualTo(status == 503);
        assertThat(answer.header("Retry-After")).isEqualTo(status == 503 ? "1" : "");
    }

    /** Accepted, but its answer cannot be written. */
    static CommandOutcome unspeakable() {
        List<CommandOutcome.StoredEvent> events = new AbstractList<>() {
            @Override public CommandOutcome.StoredEvent get(int index) {
                throw new IllegalStateException("planted, so that there is a bug");
            }

            @Override public int size() {
                return 1;
            }
        };
        return new CommandOutcome.Accepted(1, events, null, null, null, false);
    }

    static Stream<CompletionStage<CommandOutcome>> bugsAfterSending() {
        return Stream.of(CompletableFuture.completedFuture(unspeakable()),
                CompletableFuture.failedFuture(new IllegalStateException("planted, so that there is a bug")));
    }

    @ParameterizedTest @MethodSource("bugsAfterSending") void never_denies_after_a_bug_that_a_command_was_stored_which_had_been_sent(
            CompletionStage<CommandOutcome> bug) {
        gateway.intercept(_ -> bug);

        Answer answer = client.post(PUT, BODY, "Idempotency-Key", "doubt");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().at("/code").asText()).isEqualTo("outcome-unknown");
        assertThat(answer.json().at("/detail").asText()).contains("may have been stored", "same idempotency key")
                .doesNotContain("nothing was stored");
    }

    @Test void answers_an_error_as_it_answers_a_bug() {
        gateway.intercept(_ -> {
            throw new StackOverflowError("planted, so that there is an error");
        });

        Answer answer = client.post(PUT, BODY);

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().at("/code").asText()).isEqualTo("outcome-unknown");
    }

    @Test void answers_503_when_a_read_fails_or_does_not_come_back() {
        gateway.failReads("journal-away");

        Answer answer = client.get(WALLET);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().at("/code").asText()).isEqualTo("journal-away");
        assertThat(answer.json().at("/retryable").asBoolean()).isTrue();
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    @Test void hands_deadline_correlation_and_trace_to_the_gateway() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        client.post(PUT, BODY, "traceparent", trace, "Correlation-Id", "order 7");
        Answer problem = client.post(PUT, "[]", "traceparent", trace);
        client.post(PUT, BODY, "traceparent", "00-zz");

        CommandRequest request = gateway.requests().getFirst();
        assertThat(request.caller()).isEqualTo(new CommandRequest.Caller(null, "order 7", trace));
        assertThat(request.deadline()).isAfter(Instant.now().minusSeconds(5))
                .isBefore(Instant.now().plus(Duration.ofSeconds(1)));
        assertThat(problem.json().at("/traceId").asText()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(gateway.requests().getLast().caller().traceparent()).isNull();
    }

    @Test void refuses_reads_that_ask_for_what_cannot_be() {
        for (String query : new String[]{"?version=x", "?version=-1", "?at=yesterday",
            "?version=1&at=2026-01-01T00:00:00Z",
            "?versoin=1", "?version=1&version=2", "?at=%2B999999-01-01T00:00:00Z"}) {
            assertThat(client.get(WALLET + query).status()).as(query).isEqualTo(400);
        }
        for (String query : new String[]{"?limit=0", "?limit=1001", "?after=-1", "?before=7",
            "?limit=99999999999999999999"}) {
            assertThat(client.get(WALLET + "/events" + query).status()).as(query).isEqualTo(400);
        }
    }
}

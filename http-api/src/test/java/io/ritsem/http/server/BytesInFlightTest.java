package io.ritsem.http.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
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

/** A node that may hold four of the largest bodies at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BytesInFlightTest {

    private static final int LARGEST = 64 << 10;
    private static final int MOST = 4;
    private static final String LIMITS = "body-limit = 64 KiB\nbytes-in-flight = 256 KiB";
    private static final String PUT = "POST /api/entities/wallet/w-1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private static final String BULK = "POST /api/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final String GET = "GET /none HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final CommandOutcome NO = new CommandOutcome.Rejected("no", "no", new byte[0]);

    private final ApplicationModel application = ApplicationModel.of(new Wallets());
    private final InMemoryGateway gateway = new InMemoryGateway(application);
    private final Map<CommandRequest, CompletableFuture<CommandOutcome>> deciding = new ConcurrentHashMap<>();
    private HttpServer server;

    @BeforeAll void start() {
        server = TestHttp.start(gateway, application, LIMITS);
    }

    @AfterEach void reset() {
        decide(NO);
        deciding.clear();
        gateway.reset();
    }

    @AfterAll void stop() {
        server.stop();
    }

    private RawClient client(String head) {
        try {
            return new RawClient(server.port()).send(head);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String length(int bytes) {
        return "Content-Length: " + bytes + "\r\n\r\n";
    }

    private static String body(int bytes) {
        String frame = "{\"amount\":\"1.00\",\"note\":\"%s\"}";
        return frame.formatted("x".repeat(bytes - frame.length() + 2));
    }

    private static String line(String id, int bytes) {
        return "{\"type\":\"wallet\",\"id\":\"%s\",\"command\":\"put\",\"data\":%s}\n".formatted(id, body(bytes));
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private void holdDecisions() {
        gateway.intercept(request -> deciding.computeIfAbsent(request, _ -> new CompletableFuture<>()));
    }

    private long undecided() {
        return deciding.values().stream().filter(each -> !each.isDone()).count();
    }

    private void decide(CommandOutcome outcome) {
        deciding.values().forEach(each -> each.complete(outcome));
    }

    /** A connection whose body may come, so that its bytes are taken; or null if it was refused. */
    private RawClient holder() throws IOException {
        RawClient client = client(PUT + "Expect: 100-continue\r\n" + length(LARGEST));
        int status = client.answer().status();
        assertThat(status).isIn(100, 503);
        if (status == 100) {
            return client;
        }
        client.close();
        return null;
    }

    /** Takes all that there is: if something was not given back, there is not so much. */
    private List<RawClient> takeAll() {
        List<RawClient> holders = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            holders.add(await().atMost(20, SECONDS).until(this::holder, client -> client != null));
        }
        return holders;
    }

    /** Returns when the server has noticed, and what they held is free again. */
    private static void close(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            assertThat(client.end().isClosedByServer()).isTrue();
            client.close();
        }
    }

    private void assertAllIsFree(String after) throws IOException {
        List<RawClient> holders = takeAll();
        assertThat(holder()).as(after).isNull();
        close(holders);
    }

    private static void assertOverloaded(RawClient.Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.head()).contains("Retry-After: 1");
        JsonNode problem = TestClient.parse(answer.body());
        assertThat(problem.at("/code").asText()).isEqualTo("overloaded");
        assertThat(problem.at("/retryable").asBoolean()).isTrue();
    }

    @Test void refuses_what_it_cannot_hold_before_the_body_has_come() throws IOException {
        List<RawClient> holders = takeAll();
        try (RawClient declared = client(PUT + length(LARGEST));
                RawClient small = client(PUT + length(2));
                RawClient chunked = client(PUT + CHUNKED);
                RawClient bulk = client(BULK + CHUNKED);
                RawClient reading = client(GET)) {
            assertOverloaded(declared.answer());
            assertOverloaded(small.answer());
            assertOverloaded(chunked.answer());
            assertOverloaded(bulk.answer());
            assertThat(reading.answer().status()).isEqualTo(404);
            assertThat(declared.send(body(LARGEST) + GET).answer().status()).isEqualTo(404);
            assertThat(chunked.send(chunk("{}") + "0\r\n\r\n" + GET).answer().status()).isEqualTo(404);
        }
        assertThat(gateway.requests()).isEmpty();
        close(holders);
        assertAllIsFree("refusals");
    }

    @Test void of_many_at_once_some_are_decided_and_all_others_are_refused() throws IOException {
        holdDecisions();
        Executor threads = Thread::startVirtualThread;
        List<CompletableFuture<RawClient.Answer>> answers = IntStream.range(0, 40)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> {
                    try (RawClient client = client(PUT + length(LARGEST) + body(LARGEST))) {
                        return client.answer();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }, threads))
                .toList();

        await().atMost(20, SECONDS)
                .until(() -> answers.stream().filter(CompletableFuture::isDone).count() == 40 - MOST
                        && gateway.requests().size() == MOST);
        decide(NO);

        List<RawClient.Answer> all = answers.stream().map(each -> each.orTimeout(20, SECONDS).join()).toList();
        assertThat(all.stream().filter(each -> each.status() == 422)).hasSize(MOST);
        all.stream().filter(each -> each.status() != 422).forEach(BytesInFlightTest::assertOverloaded);
        assertAllIsFree("answers");
    }

    @Test void all_is_free_again_however_a_request_ends() throws IOException {
        String large = length(LARGEST) + body(LARGEST);
        Map<String, Integer> ends = Map.of(large, 422, length(LARGEST) + "x".repeat(LARGEST), 400,
                length(LARGEST + 1), 413,
                CHUNKED + chunk(body(LARGEST)) + "0\r\n\r\n", 422,
                CHUNKED + chunk("x".repeat(LARGEST)) + chunk("x") + "0\r\n\r\n", 413,
                CHUNKED + chunk("x".repeat(30_000)) + "zz\r\n", 400);
        for (Map.Entry<String, Integer> end : ends.entrySet()) {
            try (RawClient client = client(PUT + end.getKey())) {
                RawClient.Answer answer = client.answer();
                assertThat(answer.status()).as(answer.head() + answer.body()).isEqualTo(end.getValue());
                assertAllIsFree(answer.head());
            }
        }
        client(PUT + length(LARGEST) + "x").close();
        client(PUT + CHUNKED + chunk("x".repeat(30_000)) + "100000\r\n" + "x".repeat(90_000)).close();
        assertAllIsFree("connections that were cut");

        assertChunkIsRefused(PUT);
        assertAllIsFree("a chunk that is too much");
        gateway.intercept(_ -> {
            throw new IllegalStateException("planted, so that there is a bug");
        });
        try (RawClient client = client(PUT + large)) {
            assertThat(client.answer().status()).isEqualTo(500);
        }
        assertAllIsFree("a bug");
    }

    /** Helidon holds a chunk until it is whole. */
    private void assertChunkIsRefused(String head) throws IOException {
        try (RawClient client = client(head + CHUNKED + "100000\r\n")) {
            try {
                client.send("x".repeat(300_000));
                assertThat(client.line()).endsWith(head.equals(PUT) ? "503 Service Unavailable" : "200 OK");
            } catch (SocketTimeoutException waitsForMore) {
                throw new AssertionError("The chunk was held", waitsForMore);
            } catch (IOException cutOff) {
                // as good an answer
            }
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test void what_comes_too_slowly_is_given_back() throws IOException {
        HttpServer hasty = TestHttp.start(gateway, application, LIMITS, "body-timeout = 1ms");
        String head = PUT + length(LARGEST);
        try {
            for (int i = 0; i < 2 * MOST; i++) {
                try (RawClient client = new RawClient(hasty.port())) {
                    client.send(head + "x");
                    client.send("x".repeat(LARGEST - 1));

                    assertThat(client.answer().status()).isIn(400, 408);
                }
            }
        } finally {
            hasty.stop();
        }
    }

    @Test void a_command_whose_caller_has_gone_counts_until_it_is_decided() throws IOException {
        holdDecisions();
        client(PUT + length(LARGEST) + body(LARGEST)).close();
        await().atMost(20, SECONDS).until(() -> gateway.requests().size() == 1);
        List<RawClient> holders = new ArrayList<>();
        for (int i = 0; i < MOST - 1; i++) {
            holders.add(holder());
        }

        assertThat(holders).doesNotContainNull();
        assertThat(holder()).isNull();
        decide(NO);
        close(holders);
        assertAllIsFree("a decision");
    }

    @Test void lines_in_flight_wait_for_one_another_to_stay_within() throws IOException {
        String lines = IntStream.range(0, 20).mapToObj(i -> line("w-" + i, 60_000)).collect(Collectors.joining());
        List<Long> seen = new ArrayList<>();
        try (RawClient client = await().atMost(20, SECONDS).until(this::bulk, bulk -> bulk != null)) {
            holdDecisions();
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(client, lines));
            await().atMost(20, SECONDS).until(() -> undecided() == MOST - 1);
            await().atMost(20, SECONDS).until(() -> {
                seen.add(undecided());
                decide(NO);
                return deciding.size() == 20;
            });
            decide(NO);

            sent.orTimeout(20, SECONDS).join();
            assertThat(seen).allMatch(each -> each < MOST);
            for (int i = 0; i < 1 + 20; i++) {
                assertThat(TestClient.parse(client.jsonLine()).at("/status").asInt()).isEqualTo(422);
            }
        }
        assertAllIsFree("a bulk request");
    }

    private static void send(RawClient client, String text) {
        try {
            client.send(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test void a_bulk_request_that_waits_in_vain_ends_with_a_problem() throws IOException {
        HttpServer usual = server;
        server = TestHttp.start(gateway, application, LIMITS, "request-timeout = 300ms");
        List<RawClient> holders = takeAll();
        close(List.of(holders.removeLast()));
        try (RawClient bulk = await().atMost(20, SECONDS).until(this::bulk, client -> client != null)) {
            assertThat(TestClient.parse(bulk.jsonLine()).at("/status").asInt()).isEqualTo(422);
            bulk.send(line("large", 30_000) + line("later", 100));

            JsonNode last = TestClient.parse(bulk.jsonLine());
            assertThat(last.at("/status").asInt()).isEqualTo(503);
            assertThat(last.at("/code").asText()).isEqualTo("overloaded");
            assertThat(bulk.isClosedByServer()).isTrue();
            assertThat(gateway.requests()).hasSize(1);
            close(holders);
            assertAllIsFree("a bulk request that was refused in its midst");
            assertChunkIsRefused(BULK);
            assertAllIsFree("a chunk that is too much");
        } finally {
            server.stop();
            server = usual;
        }
    }

    /** One that has begun, with a first line; or null if it was refused. */
    private RawClient bulk() throws IOException {
        RawClient client = client(BULK + length(32 * LARGEST) + line("first", 100));
        if (client.line().endsWith("200 OK")) {
            return client;
        }
        client.close();
        return null;
    }

    @Test void lines_whose_client_has_gone_count_until_they_are_decided() throws IOException {
        try (RawClient client = await().atMost(20, SECONDS).until(this::bulk, bulk -> bulk != null)) {
            holdDecisions();
            client.send(line("a", 60_000) + line("b", 60_000) + line("c", 60_000));
            await().atMost(20, SECONDS).until(() -> deciding.size() == MOST - 1);
        }
        try (RawClient _ = await().atMost(20, SECONDS).until(this::holder, client -> client != null)) {
            assertThat(holder()).isNull();
        }
        decide(NO);
        assertAllIsFree("decisions");
    }

    @Test void a_long_line_must_come_in_time_and_is_given_back() throws IOException {
        HttpServer hasty = TestHttp.start(gateway, application, LIMITS, "body-timeout = 1ms");
        try {
            for (int i = 0; i < 2 * MOST; i++) {
                try (RawClient client = new RawClient(hasty.port())) {
                    client.send(BULK + CHUNKED + chunk("x".repeat(20_000)));
                    await().atMost(20, SECONDS).until(() -> {
                        client.send(chunk("x"));
                        return true;
                    });

                    assertThat(TestClient.parse(client.jsonLine()).at("/status").asInt()).isEqualTo(408);
                }
            }
        } finally {
            hasty.stop();
        }
    }
}

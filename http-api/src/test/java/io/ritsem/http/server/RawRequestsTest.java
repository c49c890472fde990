package io.ritsem.http.server;

import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.ritsem.http.HttpServer;
import io.ritsem.http.sample.InMemoryGateway;
import io.ritsem.http.sample.RawClient;
import io.ritsem.http.sample.TestClient;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.sample.Wallets;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;

/** Bad HTTP: a clear answer, never a 500, and the server goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RawRequestsTest {

    private static final String PUT = "POST /api/entities/wallet/w-1/put HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private static final String BULK = "POST /api/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n";

    private final ApplicationModel application = ApplicationModel.of(new Wallets());
    private final InMemoryGateway gateway = new InMemoryGateway(application);
    private HttpServer server;

    @BeforeAll void start() {
        server = TestHttp.start(gateway, application);
        gateway.recordNothing();
    }

    @AfterAll void stop() {
        server.stop();
    }

    static Stream<Arguments> malformed() {
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(Arguments.of(400, "no HTTP at all\r\n\r\n"), Arguments.of(400, "GET\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/9.9\r\n\r\n"), Arguments.of(505, "GET / HTTP/1.0\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\nHost: x\n\n"), Arguments.of(400, "\0\1\2\3\r\n\r\n"),
                Arguments.of(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
                Arguments.of(414, "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of(404, "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of(404, "GET /%zz%00%ff HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of(404, "GET /../..//etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of(404, "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of(404, "GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of(400, PUT + "Content-Length: x\r\n\r\n"),
                Arguments.of(400, PUT + "Content-Length: -1\r\n\r\n"),
                Arguments.of(400, PUT + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
                Arguments.of(400, PUT + chunked + "zz\r\n\r\n"), Arguments.of(400, PUT + chunked + "-1\r\n\r\n"),
                Arguments.of(400, PUT + chunked + "\n\n"),
                Arguments.of(501, PUT + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
                Arguments.of(400, PUT + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"),
                Arguments.of(413, PUT + "Content-Length: 99999999999\r\n\r\n"),
                Arguments.of(415, BULK.replace("x-ndjson", "json") + "Content-Length: 0\r\n\r\n"));
    }

    @ParameterizedTest @MethodSource("malformed") void answers_bad_http_with_a_problem(int status, String request)
            throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Answer answer = client.send(request).answer();

            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.isProblem()).as(answer.head()).isTrue();
            assertThat(TestClient.parse(answer.body()).at("/status").asInt()).isEqualTo(status);
            assertThat(answer.body()).doesNotContain("helidon", "Exception", "\tat ");
        }
    }

    @Test void refuses_headers_that_are_too_large() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Answer answer = client
                    .send("GET / HTTP/1.1\r\nHost: x\r\nX-Large: " + "a".repeat(20_000) + "\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isIn(400, 431);
            assertThat(answer.isProblem()).isTrue();
        }
    }

    @Test void does_not_hold_a_chunk_of_two_gigabytes() throws IOException {
        byte[] megabyte = new byte[1 << 20];
        for (String request : new String[]{PUT, BULK}) {
            try (RawClient client = new RawClient(server.port())) {
                client.send(request + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n");
                RawClient.Answer answer = null;
                try {
                    client.send(megabyte).send(megabyte);
                    answer = client.answer();
                } catch (IOException cutOff) {
                    // as good an answer
                }
                if (answer != null && answer.status() != 200) {
                    assertThat(answer.status()).isEqualTo(413);
                }
                assertThat(client.isClosedByServer()).isTrue();
            }
        }
    }

    @Test void refuses_too_large_a_body_before_it_is_sent_to_who_asks_first() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            RawClient.Answer answer = client.send(PUT + "Expect: 100-continue\r\nContent-Length: 9000000\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test void answers_requests_that_come_before_their_answers() throws IOException {
        String one = PUT + "Content-Length: 2\r\n\r\n[]";
        try (RawClient client = new RawClient(server.port())) {
            client.send(one + one + "GET /none HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.answer().status()).isEqualTo(404);
        }
    }

    @Test void survives_a_client_that_goes_in_the_middle() throws IOException {
        for (String request : new String[]{PUT, BULK}) {
            try (RawClient client = new RawClient(server.port())) {
                client.send(request + "Content-Length: 100\r\n\r\n{\"type\"");
            }
        }
        try (TestClient client = new TestClient(server.port())) {
            assertThat(client.get("/api/entities/wallet/none").status()).isEqualTo(404);
        }
    }

    @Test void never_answers_500_and_never_hangs_whatever_comes() throws IOException {
        Random random = new Random(20261121);
        Map<Integer, Integer> seen = new java.util.TreeMap<>();
        for (int i = 0; i < 3_000; i++) {
            String request = RandomRequests.next(random);
            try (RawClient client = new RawClient(server.port())) {
                try {
                    client.send(request).end();
                    seen.merge(client.answer().status(), 1, Integer::sum);
                } catch (IOException closed) {
                    seen.merge(0, 1, Integer::sum);
                    assertThat(client.isClosedByServer()).as(request).isTrue();
                }
            }
        }
        assertThat(seen).doesNotContainKey(500).containsKeys(200, 400, 404, 415);
    }
}

package io.ritsem.http.query;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.http.sample.RawClient;
import io.ritsem.runtime.journal.ConsistencyToken;

import static io.ritsem.http.query.TestServer.VIEW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Live views over HTTP. */
class LiveRoutesTest {

    private static final String EVENTS = "text/event-stream";
    private static final String OPEN = "{\"owner\":\"Zoë\",\"balance\":\"1.50\",\"open\":true}";

    private TestServer server;

    @BeforeEach void start() throws SQLException {
        server = new TestServer("live-heartbeat = 100ms", "live-readers = 3");
        server.put("a", "{\"owner\":\"Zoë\",\"balance\":\"1.50\",\"open\":true}");
    }

    @AfterEach void stop() {
        server.close();
    }

    @Test void sends_the_rows_now_then_every_change_as_events() throws Exception {
        try (LiveClient client = new LiveClient(server.port(), VIEW + "?balance.gte=1")) {
            assertThat(client.response().statusCode()).isEqualTo(200);
            assertThat(client.response().headers().map()).containsEntry("Content-Type", List.of(EVENTS))
                    .containsEntry("Cache-Control", List.of("no-store"))
                    .containsKeys("Consistency-Token", "Ritsem-View-Lag");
            soon().until(() -> client.events().contains("ready {}"));
            assertThat(client.lines().getFirst()).isEqualTo("retry: 1000");
            String a = client.events().get(1);
            assertThat(client.events().getFirst()).isEqualTo("reset {}");
            assertThat(a).isEqualTo("row " + server.get(VIEW + "/a").body());

            server.put("b", "{\"balance\":\"7\",\"open\":false}");
            server.changed("b");
            soon().until(() -> client.rows().containsKey("b"));
            server.execute("update TABLE set row = '{\"balance\":\"0.99\",\"open\":true}' where key = 'b'");
            server.changed("a", "b");
            soon().until(() -> client.events().size() == 6);
            assertThat(client.events().subList(4, 6)).containsExactlyInAnyOrder(a, "gone {\"key\":\"b\"}");
            for (String line : client.lines()) {
                if (line.startsWith("id: ")) {
                    assertThat(ConsistencyToken.parse(line.substring(4)).seen()).hasSize(4);
                }
            }
        }
    }

    @Test void a_row_may_come_and_go_and_only_some_fields_may_be_wanted() throws Exception {
        try (LiveClient client = new LiveClient(server.port(), VIEW + "/b?fields=owner")) {
            soon().until(() -> client.events().equals(List.of("reset {}", "ready {}")));
            server.put("b", "{\"owner\":\"Ada\",\"open\":false}");
            server.changed("a", "b");
            soon().until(() -> client.rows().equals(Map.of("b", "{\"owner\":\"Ada\"}")));
            server.execute("delete from TABLE");
            server.changed("a", "b");
            soon().until(() -> client.rows().isEmpty());
        }
    }

    @Test void whoever_comes_back_gets_the_rows_anew() throws Exception {
        try (LiveClient client = new LiveClient(server.port(), VIEW, "Last-Event-ID", "whatever it was")) {
            soon().until(() -> client.rows().equals(Map.of("a", OPEN)));
            assertThat(client.events().getFirst()).isEqualTo("reset {}");
        }
    }

    @Test void says_now_and_then_that_nothing_has_changed() throws Exception {
        try (LiveClient client = new LiveClient(server.port(), VIEW)) {
            soon().until(() -> Collections.frequency(client.lines(), ":") > 3);
        }
    }

    @Test void is_not_cut_off_for_being_idle() throws Exception {
        try (TestServer impatient = new TestServer("idle-timeout = 400ms", "request-timeout = 300ms",
                "live-heartbeat = 2s"); LiveClient client = new LiveClient(impatient.port(), VIEW)) {
            soon().until(() -> client.lines().contains(":"));
            impatient.put("b", "{\"open\":false}");
            impatient.changed("b");
            soon().until(() -> client.rows().containsKey("b"));
        }
    }

    @Test void json_is_what_who_does_not_ask_for_events_gets() throws Exception {
        for (String accept : List.of("*/*", "application/json", "application/json, text/event-stream",
                "text/*;q=0.5, application/*", "text/event-stream;q=0.1, */*")) {
            assertThat(server.get(VIEW, "Accept", accept).headers().firstValue("Content-Type")).as(accept)
                    .hasValue("application/json");
        }
        for (String accept : List.of("text/html", "text/event-stream;q=0", "application/xml")) {
            assertThat(server.get(VIEW, "Accept", accept).statusCode()).as(accept).isEqualTo(406);
            assertThat(server.get(VIEW + "/a", "Accept", accept).body()).contains("application/json or " + EVENTS);
        }
        for (String accept : List.of("text/*", "text/event-stream, application/json;q=0.9")) {
            try (LiveClient client = new LiveClient(server.port(), VIEW + "/a", "Accept", accept)) {
                soon().until(() -> client.rows().containsKey("a"));
            }
        }
    }

    @Test void refuses_what_makes_no_sense_for_a_live_query() throws Exception {
        for (String parameter : List.of("sort=owner", "limit=5", "cursor=x", "count=true")) {
            assertProblem(VIEW + "?" + parameter, 400, "invalid-request",
                    "leave out " + parameter.substring(0, parameter.indexOf('=')));
        }
        assertProblem(VIEW + "?open=true", 400, "invalid-request", "has a field 'open', but");
        assertProblem(VIEW + "/a?sort=owner", 400, "invalid-request", "");
        assertProblem(VIEW + "/a?version=1", 400, "invalid-request", "A live row takes only fields and consistency");
        assertProblem("/api/views/none", 404, "unknown-view", "");
    }

    @Test void refuses_a_query_that_matches_too_much() throws Exception {
        server.execute("insert into TABLE select 'k' || n, '{\"open\":true}', 1, 0, 0, 0, now() "
                + "from generate_series(1, 10000) n");
        assertProblem(VIEW, 422, "query-too-large", "10000 rows");
        try (LiveClient client = new LiveClient(server.port(), VIEW + "?key.prefix=k")) {
            soon().until(() -> client.rows().size() == 10_000);
        }
    }

    @Test void waits_for_a_consistency_token_before_the_first_row() throws Exception {
        server.execute(
                """
                insert into ritsem.event_journal (persistence_id, sequence_number, writer, event_payload, event_ser_id,
                    event_ser_manifest, partition, transaction_id, event_time, causation)
                values ('account|a', 1, 'test', '{}', 0, 'account.opened/1', 2, '700', now(), gen_random_uuid())""");
        String write = ConsistencyToken.of(1, 2, 700).encode();
        assertThat(server.get(VIEW, "Accept", EVENTS, "Consistency-Token", write, "Prefer", "wait=0").body())
                .contains("\"code\":\"view-behind\"");
        assertThat(server.get(VIEW, "Accept", EVENTS, "Consistency-Token", "none").statusCode()).isEqualTo(400);
    }

    @Test void refuses_more_readers_than_it_may_have_until_one_has_gone() throws Exception {
        try (LiveClient one = new LiveClient(server.port(), VIEW)) {
            try (LiveClient two = new LiveClient(server.port(), VIEW);
                    LiveClient three = new LiveClient(server.port(), VIEW)) {
                soon().until(() -> one.rows().equals(two.rows()) && one.rows().equals(three.rows()));
                assertProblem(VIEW, 503, "overloaded", "3 live readers");
            }
            soon().until(() -> {
                try (LiveClient again = new LiveClient(server.port(), VIEW)) {
                    return again.response().statusCode() == 200;
                }
            });
        }
    }

    @Test void tells_its_readers_when_the_node_stops() throws Exception {
        try (LiveClient client = new LiveClient(server.port(), VIEW)) {
            soon().until(() -> client.rows().containsKey("a"));
            server.endLive();
            soon().until(client::isClosed);
            assertThat(client.events().getLast()).isEqualTo("end {\"code\":\"stopping\"}");
            assertProblem(VIEW, 503, "stopping", "");
        }
    }

    @Test void a_head_request_ends() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send("HEAD " + VIEW + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
            assertThat(client.line()).contains("200");
        }
    }

    /** Takes a while: who takes nothing is given ten seconds. */
    @Test void cuts_off_who_takes_nothing_and_goes_on_with_the_others() throws Exception {
        server.close();
        server = new TestServer("live-heartbeat = 100ms", "live-readers = 3", "request-timeout = 1s",
                "idle-timeout = 2s"); // looks for such connections every half of it
        server.put("a", OPEN);
        String large = "x".repeat(100_000);
        try (RawClient stalled = RawClient.stalling(server.port());
                LiveClient client = new LiveClient(server.port(), VIEW)) {
            stalled.send("GET " + VIEW + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
            assertThat(stalled.line()).contains("200");
            long most = 0;
            for (int i = 0; i < 200; i++) {
                String marker = "\"" + i + large + "\"";
                server.execute("update TABLE set row = '{\"owner\":" + marker + ",\"open\":true}' where key = 'a'");
                server.changed("a");
                soon().until(() -> client.rows().get("a").contains(marker));
                most = Math.max(most, server.live.heldBytes());
            }
            assertThat(most).isBetween(1L, 6L << 20);
            soon().until(() -> server.live.heldBytes() < 10_000);
            // its place is free although it has not read on
            soon().until(() -> {
                try (LiveClient two = new LiveClient(server.port(), VIEW);
                        LiveClient three = new LiveClient(server.port(), VIEW)) {
                    return two.response().statusCode() == 200 && three.response().statusCode() == 200;
                }
            });
            assertThat(stalled.isClosedByServer()).isTrue();
        }
    }

    /** Takes a while: changes may take ten seconds. */
    @Test void keeps_no_rows_any_more_for_who_takes_a_little_now_and_then() throws Exception {
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(16 << 10);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            slow.getOutputStream()
                    .write(("GET " + VIEW + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
            soon().until(() -> lines.readLine().equals("event: ready"));
            server.execute("insert into TABLE select 'k' || n, "
                    + "jsonb_build_object('owner', repeat('x', 100000), 'open', true), 1, 0, 0, 0, now() "
                    + "from generate_series(1, 75) n");
            server.changed(IntStream.rangeClosed(1, 75).mapToObj(n -> "k" + n).toArray(String[]::new));
            soon().until(() -> server.live.heldBytes() > 7 << 20);
            char[] little = new char[16 << 10];
            soon().pollInterval(100, TimeUnit.MILLISECONDS)
                    .until(() -> lines.read(little) > 0 && server.live.heldBytes() < 10_000);
            soon().until(() -> lines.readLine().equals("data: {\"code\":\"slow-reader\"}"));
        }
    }

    private void assertProblem(String path, int status, String code, String detail) throws Exception {
        var answer = server.get(path, "Accept", EVENTS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"", detail);
    }

    private static ConditionFactory soon() {
        return await().atMost(20, TimeUnit.SECONDS).pollInterval(5, TimeUnit.MILLISECONDS);
    }
}

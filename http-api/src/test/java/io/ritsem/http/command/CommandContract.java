package io.ritsem.http.command;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.http.HttpServer;
import io.ritsem.http.sample.TestClient;
import io.ritsem.http.sample.TestClient.Answer;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.sample.Wallets;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.journal.ConsistencyToken;

import static org.assertj.core.api.Assertions.assertThat;

/** What commands and entities over HTTP promise, whatever the gateway behind them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class CommandContract {

    private HttpServer server;
    private TestClient client;

    /** A gateway to the application, ready to take commands. Called once. */
    protected abstract CommandGateway gateway(ApplicationModel application) throws Exception;

    @BeforeAll void start() throws Exception {
        ApplicationModel application = ApplicationModel.of(new Wallets());
        server = TestHttp.start(gateway(application), application);
        client = new TestClient(server.port());
    }

    @AfterAll void stop() {
        client.close();
        server.stop();
    }

    private static String newWallet() {
        return "w-" + UUID.randomUUID();
    }

    private static String path(String id) {
        return "/api/entities/wallet/" + id;
    }

    private String opened() {
        String id = newWallet();
        assertThat(client.post(path(id) + "/open", "{\"owner\":\"alice\"}").status()).isEqualTo(200);
        return id;
    }

    private static String put(String amount) {
        return "{\"amount\":\"" + amount + "\"}";
    }

    private JsonNode state(String id) {
        return client.get(path(id)).json();
    }

    @Test void answers_an_accepted_command_with_its_events_version_and_place() {
        String id = newWallet();

        Answer answer = client.post(path(id) + "/open", "{\"owner\":\"Zoë\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("{\"type\":\"wallet\",\"id\":\"" + id + "\",\"version\":1,"
                + "\"events\":[{\"type\":\"opened\",\"sequence\":1,\"data\":{\"owner\":\"Zoë\"}}]}");
        assertThat(answer.header("ETag")).isEqualTo("\"1\"");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(ConsistencyToken.parse(answer.header("Consistency-Token")).seen()).hasSize(1);
        assertThat(answer.header("Idempotency-Replayed")).isEmpty();
    }

    @Test void numbers_the_events_of_one_command_without_gaps() {
        String id = opened();

        JsonNode body = client.post(path(id) + "/put-often", "{\"amount\":\"1.50\",\"times\":3}").json();

        assertThat(body.at("/version").asLong()).isEqualTo(4);
        assertThat(body.at("/events").findValuesAsText("sequence")).containsExactly("2", "3", "4");
    }

    @Test void gives_the_reply_to_the_caller() {
        String id = opened();
        client.post(path(id) + "/put", put("10.00"));

        assertThat(client.post(path(id) + "/take", put("2.50")).json().at("/reply").asText()).isEqualTo("7.50");
    }

    @Test void accepts_a_command_without_fields_without_a_body_and_stores_nothing_for_it() {
        String id = newWallet();
        Answer opened = client.post(path(id) + "/open", "{\"owner\":\"alice\"}");

        Answer answer = client.send(client.builder(path(id) + "/touch")
                .POST(java.net.http.HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/version").asLong()).isEqualTo(1);
        assertThat(answer.json().at("/events")).isEmpty();
        assertThat(answer.header("Consistency-Token")).isEqualTo(opened.header("Consistency-Token")).isNotEmpty();
    }

    @Test void rejects_with_the_codes_and_details_of_the_domain() {
        String id = opened();
        client.post(path(id) + "/put", put("1.00"));

        Answer answer = client.post(path(id) + "/take", put("2.00"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().at("/code").asText()).isEqualTo("too-little");
        assertThat(answer.json().at("/type").asText()).isEqualTo("urn:ritsem:problem:too-little");
        assertThat(answer.json().at("/detail").asText()).isEqualTo("There is less in it");
        assertThat(answer.json().at("/details/balance").asText()).isEqualTo("1.00");
        assertThat(state(id).at("/version").asLong()).isEqualTo(2);
    }

    @Test void gives_the_same_answer_to_the_same_key_byte_for_byte() {
        String id = opened();
        Answer first = client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "\"k 1\"");

        Answer again = client.post(path(id) + "/put", " { \"amount\" : \"5.00\" } ", "Idempotency-Key", "k 1");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.response().body()).isEqualTo(first.response().body());
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header("Consistency-Token")).isEqualTo(first.header("Consistency-Token")).isNotEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(state(id).at("/state/balance").asText()).isEqualTo("5.00");
    }

    @Test void gives_a_replayed_reply_as_it_was() {
        String id = opened();
        client.post(path(id) + "/put", put("10.00"));
        Answer first = client.post(path(id) + "/take", put("1.00"), "Idempotency-Key", "t");
        client.post(path(id) + "/take", put("2.00"));

        Answer again = client.post(path(id) + "/take", put("1.00"), "Idempotency-Key", "t");

        assertThat(again.text()).isEqualTo(first.text()).contains("\"reply\":\"9.00\"");
    }

    @Test void refuses_a_key_that_another_body_or_command_has_spent() {
        String id = opened();
        client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k");

        Answer otherBody = client.post(path(id) + "/put", put("6.00"), "Idempotency-Key", "k");
        Answer otherCommand = client.post(path(id) + "/take", put("5.00"), "Idempotency-Key", "k");

        assertThat(otherBody.status()).isEqualTo(422);
        assertThat(otherBody.json().at("/code").asText()).isEqualTo("idempotency-key-reused");
        assertThat(otherCommand.json().at("/code").asText()).isEqualTo("idempotency-key-reused");
    }

    @Test void remembers_no_rejection_and_no_dry_run_under_a_key() {
        String id = newWallet();
        assertThat(client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k").status()).isEqualTo(422);
        client.post(path(id) + "/open", "{\"owner\":\"alice\"}");
        assertThat(client.post(path(id) + "/put?dryRun=true", put("9.00"), "Idempotency-Key", "k").status())
                .isEqualTo(200);

        Answer answer = client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Idempotency-Replayed")).isEmpty();
    }

    @Test void looks_at_the_key_before_the_precondition() {
        String id = opened();
        client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k", "If-Match", "\"1\"");

        Answer again = client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k", "If-Match", "\"1\"");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    }

    @Test void decides_only_at_the_version_that_the_caller_has_seen() {
        String id = opened();

        Answer late = client.post(path(id) + "/put", put("5.00"), "If-Match", "\"7\"");
        Answer right = client.post(path(id) + "/put", put("5.00"), "If-Match", "1");

        assertThat(late.status()).isEqualTo(412);
        assertThat(late.json().at("/code").asText()).isEqualTo("version-mismatch");
        assertThat(late.json().at("/current").asLong()).isEqualTo(1);
        assertThat(late.header("ETag")).isEqualTo("\"1\"");
        assertThat(right.status()).isEqualTo(200);
    }

    @Test void decides_only_on_what_does_not_exist_yet() {
        String id = newWallet();

        Answer first = client.post(path(id) + "/open", "{\"owner\":\"a\"}", "If-None-Match", "*");
        Answer second = client.post(path(id) + "/open", "{\"owner\":\"a\"}", "If-None-Match", "*");

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.status()).isEqualTo(412);
    }

    @Test void shows_on_a_dry_run_what_would_be_stored_and_stores_nothing() {
        String id = opened();

        Answer dry = client.post(path(id) + "/put?dryRun=true", put("5.00"), "Prefer", "return=representation");

        assertThat(dry.status()).isEqualTo(200);
        assertThat(dry.json().at("/events/0/sequence").asLong()).isEqualTo(2);
        assertThat(dry.json().at("/state/balance").asText()).isEqualTo("5.00");
        assertThat(dry.header("Consistency-Token")).isEmpty();
        assertThat(state(id).at("/version").asLong()).isEqualTo(1);
    }

    @Test void answers_with_the_new_state_if_that_is_preferred() {
        String id = opened();

        Answer answer = client.post(path(id) + "/put", put("5.00"), "Prefer", "respond-async, return=representation");

        assertThat(answer.json().at("/state").toString()).isEqualTo("{\"owner\":\"alice\",\"balance\":\"5.00\"}");
        assertThat(answer.header("Preference-Applied")).isEqualTo("return=representation");
    }

    @Test void lists_all_that_is_wrong_with_a_body() {
        String id = opened();

        Answer answer = client.post(path(id) + "/put-often", "{\"amount\":5,\"tmies\":3}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/errors").findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/amount", "/tmies", "/times");
        assertThat(answer.json().at("/errors").findValuesAsText("code"))
                .containsExactlyInAnyOrder("wrong-type", "unknown", "missing");
    }

    @Test void refuses_bodies_that_no_command_can_be() {
        String id = opened();
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        for (String bad : new String[]{"[]", "7", "null", "{", "{\"amount\":\"1\"} x",
            "{\"amount\":1" + "0".repeat(400) + "}",
            "{\"amount\":\"" + "1".repeat(400) + "\"}", "{\"amount\":\"1\",\"note\":\"\\u0000\"}",
            "{\"amount\":\"1\",\"note\":\"\\ud800\"}", "{\"amount\":" + deep + "}", "{\"amount\":\"-1\"}", "\u0000"}) {
            Answer answer = client.post(path(id) + "/put", bad);
            assertThat(answer.status()).as(bad.substring(0, Math.min(40, bad.length()))).isEqualTo(400);
            assertThat(answer.json().at("/errors")).isNotEmpty();
        }
        assertThat(state(id).at("/version").asLong()).isEqualTo(1);
        assertThat(client.post(path(id) + "/put", put("5.00")).status()).isEqualTo(200);
    }

    @Test void answers_a_bug_with_500_and_a_trace_and_goes_on_with_the_next_command() {
        String id = opened();

        Answer answer = client.post(path(id) + "/explode", "{}");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().at("/code").asText()).isEqualTo("internal-error");
        assertThat(answer.json().at("/traceId").asText()).matches("[0-9a-f]{32}");
        assertThat(answer.text()).doesNotContain("planted", "Exception");
        assertThat(client.post(path(id) + "/put", put("5.00")).status()).isEqualTo(200);
    }

    @Test void shows_an_entity_now_and_in_the_past() {
        String id = opened();
        client.post(path(id) + "/put", put("5.00"));
        String between = client.get(path(id) + "/events").json().at("/events/1/time").asText();
        Answer taken = client.post(path(id) + "/take", put("1.00"));

        Answer now = client.get(path(id));

        assertThat(now.text()).isEqualTo("{\"type\":\"wallet\",\"id\":\"" + id
                + "\",\"version\":3,\"state\":{\"owner\":\"alice\",\"balance\":\"4.00\"}}");
        assertThat(now.header("ETag")).isEqualTo("\"3\"");
        assertThat(now.header("Consistency-Token")).isEqualTo(taken.header("Consistency-Token")).isNotEmpty();
        assertThat(client.get(path(id) + "?version=1").header("Consistency-Token")).isEmpty();
        assertThat(client.get(path(id) + "?version=1").json().at("/state/balance").asText()).isEqualTo("0");
        assertThat(client.get(path(id) + "?version=3").text()).isEqualTo(now.text());
        assertThat(client.get(path(id) + "?at=" + between).json().at("/version").asLong()).isEqualTo(2);
        assertThat(client.get(path(id) + "?at=2999-01-01T00:00:00Z").json().at("/version").asLong()).isEqualTo(3);
    }

    @Test void knows_nothing_before_the_first_event_and_beyond_the_last_version() {
        String id = opened();

        assertThat(client.get(path(newWallet())).status()).isEqualTo(404);
        assertThat(client.get(path(newWallet()) + "/events").status()).isEqualTo(404);
        assertThat(client.get(path(id) + "?version=0").status()).isEqualTo(404);
        assertThat(client.get(path(id) + "?version=2").status()).isEqualTo(404);
        assertThat(client.get(path(id) + "?at=1999-01-01T00:00:00Z").status()).isEqualTo(404);
    }

    @Test void pages_through_the_history_of_an_entity() {
        String id = opened();
        client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k-1", "Correlation-Id", "order 7");
        client.post(path(id) + "/put", "{\"amount\":\"6.00\",\"note\":\"for you\"}");

        JsonNode first = client.get(path(id) + "/events?limit=2").json();
        JsonNode rest = client.get(path(id) + "/events?limit=2&after=" + first.at("/next").asLong()).json();

        assertThat(first.at("/events").findValuesAsText("type")).containsExactly("opened", "put-in");
        assertThat(first.at("/events/1/metadata/correlation").asText()).isEqualTo("order 7");
        assertThat(first.at("/events/1/metadata/idempotencyKey").asText()).isEqualTo("k-1");
        assertThat(first.at("/events/0/metadata/eventVersion").asInt()).isEqualTo(1);
        assertThat(first.at("/events/0/time").asText()).endsWith("Z");
        assertThat(rest.at("/events/0/data").toString()).isEqualTo("{\"amount\":\"6.00\",\"note\":\"for you\"}");
        assertThat(rest.at("/next").isNull()).isTrue();
        assertThat(client.get(path(id) + "/events?after=99").json().at("/events")).isEmpty();
    }

    @Test void pages_through_a_history_that_is_larger_than_one_answer_may_be() {
        String id = opened();
        String note = "x".repeat(250_000);
        for (int put = 0; put < 40; put++) {
            client.post(path(id) + "/put", "{\"amount\":\"1.00\",\"note\":\"%s\"}".formatted(note));
        }
        List<String> sequences = new ArrayList<>();
        JsonNode page;
        long after = 0;
        do {
            page = client.get(path(id) + "/events?limit=1000&after=" + after).json();
            sequences.addAll(page.at("/events").findValuesAsText("sequence"));
            after = page.at("/next").asLong();
        } while (!page.at("/next").isNull());

        assertThat(sequences).hasSize(41).doesNotHaveDuplicates();
    }

    @Test void answers_each_line_of_a_bulk_request_in_order_and_by_itself() {
        String id = newWallet();
        String lines = String.join("\n",
                line(id, "open", "{\"owner\":\"alice\"}", ""),
                line(id, "put", put("5.00"), ",\"key\":\"b-1\""),
                line(id, "take", put("9.00"), ""),
                "",
                "{\"type\":\"wallet\"",
                line(id, "put", "{\"amount\":5,\"x\":1}", ""),
                line(id, "put", put("5.00"), ",\"key\":\"b-1\""),
                line(id, "put", put("1.00"), ",\"expectedVersion\":1"),
                line(id, "nothing", "{}", ""),
                line(id, "put", put("1.00"), ",\"expectedVersion\":2"));

        Answer answer = client.bulk(lines);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(answer.lines()).extracting(result -> result.at("/status").asInt())
                .containsExactly(200, 200, 422, 400, 400, 200, 412, 404, 200);
        assertThat(answer.lines().get(2).at("/code").asText()).isEqualTo("too-little");
        assertThat(answer.lines().get(4).at("/errors").findValuesAsText("pointer"))
                .containsExactlyInAnyOrder("/data/amount", "/data/x");
        JsonNode first = answer.lines().get(1);
        JsonNode again = answer.lines().get(5);
        assertThat(again.at("/replayed").asBoolean()).isTrue();
        assertThat(again.at("/token")).isEqualTo(first.at("/token"));
        assertThat(again.at("/events")).isEqualTo(first.at("/events"));
        assertThat(first.has("replayed")).isFalse();
    }

    @Test void gives_one_answer_to_one_key_in_bulk_and_alone() {
        String id = opened();
        Answer alone = client.post(path(id) + "/put", put("5.00"), "Idempotency-Key", "k");

        JsonNode inBulk = client.bulk(line(id, "put", put("5.00"), ",\"key\":\"k\"")).lines().getFirst();

        assertThat(inBulk.at("/replayed").asBoolean()).isTrue();
        assertThat(inBulk.at("/token").asText()).isEqualTo(alone.header("Consistency-Token"));
        assertThat(inBulk.at("/events")).isEqualTo(alone.json().at("/events"));
    }

    @Test void keeps_the_order_of_each_entity_among_many_lines_of_many() {
        String id = UUID.randomUUID().toString();
        String lines = IntStream.range(0, 2_000)
                .mapToObj(i -> i < 20
                        ? line(id + i % 20, "open", "{\"owner\":\"alice\"}", "")
                        : line(id + i % 20, "put", put("1.00"), ",\"expectedVersion\":" + i / 20))
                .collect(Collectors.joining("\n"));

        Answer answer = client.bulk(lines);

        assertThat(answer.lines()).hasSize(2_000)
                .allSatisfy(result -> assertThat(result.at("/status").asInt())
                        .isEqualTo(200));
        assertThat(state(id + 7).at("/state/balance").asText()).isEqualTo("99.00");
    }

    static String line(String id, String command, String data, String more) {
        return "{\"type\":\"wallet\",\"id\":\"%s\",\"command\":\"%s\",\"data\":%s%s}".formatted(id, command, data,
                more);
    }
}

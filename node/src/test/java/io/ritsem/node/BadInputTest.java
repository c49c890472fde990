package io.ritsem.node;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever comes in, it is answered with a clear 4xx, no table gains or loses a row by it, and the next good command is
 * served.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

    private static final String GOOD_ID = "good-";
    private static final String PROBLEM = "application/problem+json";

    private BankNode node;
    private int good;
    private String before;

    @BeforeAll void an_open_account() {
        node = BankNode.start();
        open("victim");
    }

    @AfterAll void stop() {
        node.close();
    }

    @BeforeEach void count() {
        before = rows();
    }

    @AfterEach void the_next_good_command_is_served() {
        open(GOOD_ID + good++);
    }

    @ParameterizedTest(name = "{0}") @MethodSource("io.ritsem.node.BadRequest#all") void refuses_a_request_with(
            BadRequest bad) {
        RawHttp.Answer answer = RawHttp.send(node.port(), bad.request());

        refused(answer, bad.status(), bad.code(), bad.wrong());
        assertThat(rows()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}") @MethodSource("io.ritsem.node.BadBody#all") void refuses_a_body_that_is_or_has(
            BadBody bad) {
        RawHttp.Answer answer = RawHttp.send(node.port(), new RawHttp.Request("POST", BadRequest.VICTIM + "/deposit",
                List.of("Content-Type: application/json"), bad.content()));

        refused(answer, 400, "invalid-body", bad.single());
        assertThat(rows()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}") @MethodSource("io.ritsem.node.BadLine#all") void refuses_a_line_and_takes_the_next(
            BadLine bad) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.writeBytes(bad.content());
        lines.write('\n');
        RawHttp.Request request = new RawHttp.Request("POST", "/api/commands",
                List.of("Content-Type: application/x-ndjson"), lines.toByteArray());

        RawHttp.Answer alone = RawHttp.send(node.port(), request);

        assertThat(alone.status()).isEqualTo(200);
        assertThat(alone.lines()).hasSize(1);
        refused(alone.lines().getFirst(), bad.status(), bad.code(), bad.wrong());
        assertThat(rows()).isEqualTo(before);

        String id = GOOD_ID + good++;
        lines.writeBytes("{\"type\":\"account\",\"id\":\"%s\",\"command\":\"open\",\"data\":%s}\n"
                .formatted(id, owner(id))
                .getBytes(UTF_8));
        RawHttp.Answer both = RawHttp.send(node.port(), request.with(lines.toByteArray()));

        assertThat(both.lines()).extracting(line -> line.at("/status").asInt()).containsExactly(bad.status(), 200);
        assertRead(id, both.lines().getLast().at("/token").asText());
    }

    private static void refused(RawHttp.Answer answer, int status, String code, List<String> wrong) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo(PROBLEM);
        refused(answer.json(), status, code, wrong);
    }

    private static void refused(JsonNode problem, int status, String code, List<String> wrong) {
        assertThat(problem.at("/status").asInt()).as(problem.toString()).isEqualTo(status);
        assertThat(problem.at("/code").asText()).as(problem.toString()).isEqualTo(code);
        assertThat(problem.at("/type").asText()).isEqualTo("urn:ritsem:problem:" + code);
        assertThat(problem.at("/title").asText()).isNotBlank();
        assertThat(problem.at("/detail").asText()).isNotBlank();
        assertThat(problem.at("/traceId").asText()).matches("[0-9a-f]{32}");
        assertThat(problem.toString()).doesNotContain("Exception", "io.ritsem", "at java", "jackson");
        Set<String> listed = new LinkedHashSet<>();
        for (JsonNode error : problem.at("/errors")) {
            assertThat(error.at("/message").asText()).isNotBlank();
            assertThat(error.at("/code").asText()).matches("[a-z-]+");
            listed.add(error.has("pointer") ? error.at("/pointer").asText() : name(error));
        }
        if (wrong.contains("*")) {
            assertThat(listed).isNotEmpty();
        } else {
            assertThat(listed).as(problem.toString()).containsExactlyInAnyOrderElementsOf(wrong);
        }
    }

    private static String name(JsonNode error) {
        return error.path("parameter").asText(error.path("header").asText(error.path("path").asText("?")));
    }

    private void open(String id) {
        HttpResponse<String> opened = node.post("/api/entities/account/" + id + "/open", owner(id));
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        assertRead(id, BankNode.token(opened));
    }

    /** Both views have it, so nothing is on its way when rows are counted. */
    private void assertRead(String id, String token) {
        assertThat(node.get("/api/views/balances/" + id, "Consistency-Token", token).statusCode()).isEqualTo(200);
        assertThat(node.get("/api/views/turnover", "Consistency-Token", token).statusCode()).isEqualTo(200);
    }

    private static String owner(String id) {
        return "{\"owner\":\"%s\",\"overdraft\":\"0.00\"}".formatted(id);
    }

    private String rows() {
        return RowCounts.of(node);
    }
}

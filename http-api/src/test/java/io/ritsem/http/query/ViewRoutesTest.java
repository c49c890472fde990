package io.ritsem.http.query;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.ritsem.http.query.TestServer.VIEW;
import static org.assertj.core.api.Assertions.assertThat;

/** Rows and queries over HTTP. */
class ViewRoutesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEN_KILOBYTES = "long-".repeat(2048);
    private static TestServer server;

    @BeforeAll static void fill() throws SQLException {
        server = new TestServer();
        for (int n = 0; n < 25; n++) {
            server.put("a-" + n, "{\"open\":true,\"owner\":\"owner %d\",\"balance\":\"%d.50\",\"limit\":%d}"
                    .formatted(n % 5, n - 10, n % 3));
        }
        server.put("none", "{\"open\":false}");
        server.put("long", "{\"open\":false,\"owner\":\"" + TEN_KILOBYTES + "\"}");
        server.put("a/b c;d=ë %\"\uD83D\uDE00", "{\"open\":false,\"owner\":\"Zoë+O'Brien\"}");
        server.put("..", "{\"open\":false}");
    }

    @AfterAll static void close() {
        server.close();
    }

    @Test void serves_a_row_by_its_key_as_its_record_is_written() throws Exception {
        HttpResponse<String> row = server.get(VIEW + "/a-3");
        assertThat(row.statusCode()).isEqualTo(200);
        assertThat(row.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(row.body())
                .isEqualTo("{\"key\":\"a-3\",\"row\":{\"owner\":\"owner 3\",\"balance\":\"-7.50\",\"limit\":0,"
                        + "\"open\":true},\"version\":7,\"updatedAt\":\"2026-11-21T09:30:00.250Z\"}");
        assertThat(row.headers().firstValue("Consistency-Token")).isPresent();
        assertThat(row.headers().firstValue("Ritsem-View-Lag")).hasValue("1");
    }

    @Test void a_read_takes_no_longer_than_a_request_may() throws Exception {
        try (TestServer hurried = new TestServer("request-timeout = 1ns")) {
            for (String read : List.of("", "?count=true", "/a-3")) {
                problem(hurried.get(VIEW + read), 503, "query-too-slow", "\"retryable\":true");
            }
        }
    }

    @Test void a_key_is_any_text() throws Exception {
        for (String key : List.of("a/b c;d=ë %\"\uD83D\uDE00", "..")) {
            HttpResponse<String> row = server.get(VIEW + "/" + encode(key).replace(".", "%2E"));
            assertThat(row.statusCode()).as(row.body()).isEqualTo(200);
            assertThat(JSON.readTree(row.body()).get("key").textValue()).isEqualTo(key);
        }
    }

    @Test void tells_what_is_not_there() throws Exception {
        problem(server.get("/api/views/balances/a-3"), 404, "unknown-view", "\"known\":[\"all-accounts\",\"owners\"]");
        problem(server.get("/api/views/balances?owner=x"), 404, "unknown-view",
                "\"known\":[\"all-accounts\",\"owners\"]");
        HttpResponse<String> noRow = server.get(VIEW + "/nobody");
        problem(noRow, 404, "no-such-row", "nobody");
        assertThat(noRow.headers().firstValue("Consistency-Token")).isPresent();
    }

    @Test void refuses_a_key_that_no_row_can_have() throws Exception {
        for (String key : List.of("x".repeat(513), "%F0%9F%98%80".repeat(129), "%00", "%ff", "%ED%A0%80", "")) {
            problem(server.get(VIEW + "/" + key), 400, "invalid-request", "\"path\":\"key\"");
        }
        assertThat(server.get(VIEW + "/" + "%F0%9F%98%80".repeat(128)).statusCode()).isEqualTo(404);
    }

    @Test void answers_a_query_in_pages_that_link_to_the_next() throws Exception {
        List<String> keys = new ArrayList<>();
        String next = VIEW + "?owner.prefix=owner&sort=-balance,owner&limit=10&count=true&fields=balance";
        int pages = 0;
        while (next != null) {
            HttpResponse<String> page = server.get(next);
            assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
            JsonNode body = JSON.readTree(page.body());
            body.get("rows").forEach(row -> keys.add(row.get("key").textValue()));
            assertThat(body.get("rows").get(0).get("row").toString()).matches("\\{\"balance\":\"-?[0-9]+\\.50\"\\}");
            assertThat(body.get("count").intValue()).isEqualTo(25);
            assertThat(page.headers().firstValue("Link").isPresent()).isEqualTo(!body.get("next").isNull());
            next = page.headers().firstValue("Link").map(link -> link.substring(1, link.indexOf('>'))).orElse(null);
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(keys).hasSize(25).startsWith("a-24", "a-23").endsWith("a-0");
    }

    @Test void filters_by_every_form_of_a_parameter() throws Exception {
        assertThat(keys("?owner=owner+3&balance.lt=0")).containsExactly("a-3", "a-8");
        assertThat(keys("?owner.eq=owner%203&balance.gte=0&balance.lte=10")).containsExactly("a-13", "a-18");
        assertThat(keys("?key.in=a-1,a-2&key.in=a-3")).containsExactly("a-1", "a-2", "a-3");
        assertThat(keys("?key.in=a-1&key=a-1")).containsExactly("a-1");
        assertThat(keys("?limit.eq=2&limit=3")).containsExactly("a-11", "a-14", "a-17");
        assertThat(keys("?owner.exists=false")).containsExactly("..", "none");
        assertThat(keys("?owner=Zo%C3%AB%2BO%27Brien")).hasSize(1);
        assertThat(keys("?updatedAt.gt=2026-11-21T09:30:00.25Z")).isEmpty();
        assertThat(keys("?sort=-owner&limit=2")).containsExactly("a-9", "a-4");
        assertThat(keys("?sort=owner&limit=1000")).hasSize(29).endsWith("..", "none");
    }

    @Test void a_text_of_ten_kilobytes_is_found_and_sorted() throws Exception {
        assertThat(keys("?owner=" + TEN_KILOBYTES)).containsExactly("long");
        assertThat(keys("?owner=" + TEN_KILOBYTES + "x")).isEmpty();
        assertThat(keys("?owner.prefix=" + TEN_KILOBYTES.substring(1))).isEmpty();
        assertThat(keys("?owner.gte=" + TEN_KILOBYTES + "&sort=owner&limit=2")).containsExactly("long", "a-0");
        assertThat(keys("?sort=owner&owner.lt=p")).last().isEqualTo("a-9");
    }

    @Test void lists_every_mistake_of_a_query() throws Exception {
        HttpResponse<String> refused = server.get(
                VIEW + "?ownr=x&open=true&balance.gte=lots&balance.like=1&limit=0&limit=5"
                        + "&sort=-open&count=maybe&fields=owner,colour&=1&%ff=1&owner=%C3",
                "Prefer", "wait=31, handling=maybe",
                "Consistency-Token", "nonsense");
        assertThat(refused.statusCode()).isEqualTo(400);
        JsonNode problem = JSON.readTree(refused.body());
        List<String> places = StreamSupport.stream(problem.get("errors").spliterator(), false)
                .map(error -> (error
                        .has("parameter") ? error.get("parameter").textValue()
                                : "[" + error.get("header").textValue() + "]")
                        + " " + error.get("code").textValue())
                .toList();
        assertThat(places).containsExactly("%ff malformed", "owner malformed", "balance.like unknown",
                "limit out-of-range", "limit invalid", "count wrong-type", "fields unknown", "ownr unknown",
                "open unknown", "balance.gte wrong-type", " unknown", "sort unknown", "[Prefer] invalid",
                "[Prefer] invalid", "[Consistency-Token] invalid");
        assertThat(refused.body()).contains("key, updatedAt, owner, balance, limit");
    }

    @Test void takes_a_cursor_only_of_the_same_query() throws Exception {
        String cursor = JSON.readTree(server.get(VIEW + "?sort=owner&limit=3").body()).get("next").textValue();
        assertThat(server.get(VIEW + "?sort=owner&limit=9&cursor=" + cursor).statusCode()).isEqualTo(200);
        problem(server.get(VIEW + "?sort=-owner&cursor=" + cursor), 400, "invalid-request", "\"parameter\":\"cursor\"");
        problem(server.get(VIEW + "?sort=owner&cursor=x" + cursor), 400, "invalid-request", "\"parameter\":\"cursor\"");
        problem(server.get(VIEW + "?cursor="), 400, "invalid-request", "\"parameter\":\"cursor\"");
    }

    @Test void names_the_parameter_or_header_of_the_only_mistake() throws Exception {
        problem(server.get(VIEW + "?cursor=x"), 400, "invalid-request", "not valid: 'cursor' is not a cursor");
        problem(server.get(VIEW + "?consistency=x"), 400, "invalid-request",
                "not valid: 'consistency' must be a token");
        problem(server.get(VIEW, "Consistency-Token", "x"), 400, "invalid-request",
                "not valid: 'Consistency-Token' must be a token");
    }

    @Test void whatever_is_asked_is_answered_or_refused() throws Exception {
        Random random = new Random(20261121);
        int answered = 0;
        for (int i = 0; i < 3_000; i++) {
            String query = randomQuery(random);
            HttpResponse<String> answer = server.get(VIEW + "?" + query);
            assertThat(answer.statusCode()).as(query).isIn(200, 400);
            JSON.readTree(answer.body());
            answered += answer.statusCode() == 200 ? 1 : 0;
        }
        assertThat(answered).isGreaterThan(300);
    }

    private static final List<String> NAMES = List.of("owner", "balance", "limit", "key", "updatedAt", "open", "sort",
            "cursor", "fields", "count", "consistency", "nobody", "", "owner.owner", "ë");
    private static final List<String> OPERATORS = List.of("", "", ".eq", ".ne", ".gt", ".gte", ".lt", ".lte", ".in",
            ".prefix", ".exists", ".", ".like");
    private static final List<String> VALUES = List.of("", "owner 3", "1", "-1.5", "0", "true", "false", "owner",
            "-balance", "-balance,owner", "key", "a,b,,c", "1,2", "9223372036854775808", "1e400", "NaN",
            "9".repeat(400), "\0", "\uD83D\uDE00", "'; drop table", "%", "_", "\\", "\uDBFF\uDFFF",
            "2026-11-21T09:30:00.25Z", "+999999999-01-01T00:00:00Z", "AAAA", "x".repeat(3000), "\uD7FF", "null",
            "0000-01-01T00:00:00Z", "99999999999999999999999999999999999999", "1.".concat("1".repeat(38)));

    private static final Map<String, List<String>> FITTING = Map.of("owner",
            List.of("owner 3", "", "Zoë", "\uD83D\uDE00"),
            "balance", List.of("-1.5", "0", "7,8.50", "99999999999999999999999999999999999999"), "limit",
            List.of("1", "2", "1,2"), "key", List.of("a-1", "a", "a-1,a-2"), "updatedAt",
            List.of("2026-11-21T09:30:00.25Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"), "sort",
            List.of("owner", "-balance,owner", "-key", "updatedAt,-limit"), "count", List.of("true", "false"),
            "fields",
            List.of("owner", "open,owner"));

    private static String randomQuery(Random random) {
        StringBuilder query = new StringBuilder();
        for (int parameters = 1 + random.nextInt(2); parameters > 0; parameters--) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            List<String> values = random.nextInt(8) == 0 ? VALUES : FITTING.getOrDefault(name, VALUES);
            String value = values.get(random.nextInt(values.size()));
            query.append(encode(name))
                    .append(OPERATORS.get(random.nextInt(OPERATORS.size())))
                    .append('=')
                    .append(encode(value))
                    .append('&');
            if (random.nextInt(40) == 0) {
                query.append("%").append(Integer.toHexString(16 + random.nextInt(240))).append('&');
            }
        }
        return query.toString();
    }

    private static List<String> keys(String query) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.get(VIEW + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        List<String> keys = new ArrayList<>();
        JSON.readTree(answer.body()).get("rows").forEach(row -> keys.add(row.get("key").textValue()));
        return keys;
    }

    private static void problem(HttpResponse<String> answer, int status, String code, String part) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"" + code).contains(part);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

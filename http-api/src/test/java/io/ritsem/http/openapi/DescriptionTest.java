package io.ritsem.http.openapi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.domain.Name;
import io.ritsem.domain.Version;
import io.ritsem.http.HttpServer;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.sample.InMemoryGateway;
import io.ritsem.http.sample.TestClient;
import io.ritsem.http.sample.TestClient.Answer;
import io.ritsem.http.sample.TestHttp;
import io.ritsem.http.sample.Wallet;
import io.ritsem.http.sample.Wallets;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandOutcome;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DescriptionTest {

    private static final String LETTERS = "/api/admin/dead-letters";
    private static final String VIEWS = "/api/admin/projections";
    private static final String WALLET = "/api/entities/wallet/{id}";
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");

    private InMemoryGateway gateway;
    private HttpServer server;
    private TestClient client;
    private JsonNode api;

    @BeforeAll void start() {
        ApplicationModel application = ApplicationModel.of(new Wallets());
        gateway = new InMemoryGateway(application);
        server = TestHttp.start(gateway, application);
        client = new TestClient(server.port());
        api = client.get("/openapi.json").json();
    }

    @AfterAll void stop() {
        client.close();
        server.stop();
    }

    @Test void names_every_command_entity_and_view() {
        assertThat(api.at("/openapi").asText()).isEqualTo("3.1.0");
        assertThat(api.at("/paths").fieldNames()).toIterable()
                .containsExactlyInAnyOrder(WALLET + "/open",
                        WALLET + "/put", WALLET + "/take", WALLET + "/put-often", WALLET + "/touch",
                        WALLET + "/explode", WALLET,
                        WALLET + "/events", "/api/commands", "/api/views/balances", "/api/views/balances/{key}",
                        LETTERS, LETTERS + "/{view}/{key}", LETTERS + "/{view}/{key}/retry",
                        LETTERS + "/{view}/{key}/skip", LETTERS + "/{view}/{key}/edit", "/api/admin/audit", VIEWS,
                        VIEWS + "/{view}", VIEWS + "/{view}/diff", VIEWS + "/{view}/pause", VIEWS + "/{view}/resume",
                        VIEWS + "/{view}/rebuild", VIEWS + "/{view}/throttle", VIEWS + "/{view}/cancel",
                        VIEWS + "/{view}/switch", VIEWS + "/{view}/roll-back", "/api/admin/cluster",
                        "/openapi.json");
    }

    @Test void refers_only_to_what_there_is_and_uses_all_of_it() {
        Set<String> referred = new HashSet<>();
        collectReferences(api, referred);

        assertThat(referred).allSatisfy(reference -> assertThat(api.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
        List<String> components = new ArrayList<>();
        api.at("/components")
                .properties()
                .forEach(kind -> kind.getValue()
                        .fieldNames()
                        .forEachRemaining(name -> components.add("#/components/" + kind.getKey() + "/" + name)));
        assertThat(referred).containsAll(components);
    }

    private static void collectReferences(JsonNode node, Set<String> found) {
        if (node.has("$ref")) {
            found.add(node.get("$ref").asText());
        }
        node.forEach(child -> collectReferences(child, found));
    }

    @Test void describes_each_operation_once_with_every_variable_of_its_path() {
        Set<String> ids = new HashSet<>();
        api.at("/paths").properties().forEach(path -> path.getValue().properties().forEach(method -> {
            JsonNode operation = method.getValue();
            assertThat(ids.add(operation.at("/operationId").asText())).as(path.getKey()).isTrue();
            assertThat(operation.at("/responses").has("200")).isTrue();
            assertThat(api.at("/tags").findValuesAsText("name")).contains(operation.at("/tags/0").asText());
            List<String> variables = VARIABLE.matcher(path.getKey()).results().map(match -> match.group(1)).toList();
            List<String> declared = new ArrayList<>();
            Set<String> names = new HashSet<>();
            operation.at("/parameters").forEach(each -> {
                JsonNode parameter = each.has("$ref") ? api.at(each.get("$ref").asText().substring(1)) : each;
                assertThat(names.add(parameter.at("/in").asText() + ' ' + parameter.at("/name").asText())).isTrue();
                if (parameter.at("/in").asText().equals("path")) {
                    assertThat(parameter.at("/required").asBoolean()).isTrue();
                    declared.add(parameter.at("/name").asText());
                }
            });
            assertThat(declared).as(path.getKey()).containsExactlyElementsOf(variables);
        }));
    }

    @Test void describes_what_really_is_answered() {
        String id = WALLET.replace("{id}", "w-1");
        Answer opened = client.post(id + "/open", "{\"owner\":\"alice\"}", "Idempotency-Key", "k");
        client.post(id + "/put", "{\"amount\":\"5.00\",\"note\":\"x\"}", "Correlation-Id", "c");
        Answer taken = client.post(id + "/take", "{\"amount\":\"1.00\"}", "Prefer", "return=representation");

        assertValid(opened.json(), "wallet.accepted");
        assertValid(taken.json(), "wallet.accepted");
        assertValid(client.get(id).json(), "wallet.entity");
        assertValid(client.get(id + "/events?limit=2").json(), "wallet.history");
        assertValid(client.get(id + "/events").json(), "wallet.history");
        assertValid(client.get("/api/admin/cluster").json(), "cluster");
        for (Answer problem : List.of(client.post(id + "/take", "{\"amount\":\"9.00\"}"),
                client.post(id + "/put", "[]"),
                client.get("/none"), client.post(id + "/open", "{}", "If-Match", "x"), client.get(id + "?version=99"),
                client.post(id + "/put", "{\"amount\":\"1\"}", "If-Match", "99"), client.post(id + "/steal", "{}"),
                client.post(id + "/explode", "{}"), client.post(id + "/put", "x".repeat(300_000)))) {
            assertValid(problem.json(), "problem");
        }
        client.bulk("""
                    {"type":"wallet","id":"w-2","command":"open","data":{"owner":"a"},"key":"k"}
                    {"type":"wallet","id":"w-2","command":"open","data":{"owner":"a"},"key":"k"}
                    {"type":"wallet","id":"w-2","command":"take","data":{"amount":"1"}}
                    {"type":"wallet"}
                    """).lines().forEach(line -> assertValid(line, "bulk.result"));
    }

    record Shaken(int times) {}

    @Name("put-in")
    @Version(7)
    record PutInV7(int coins) {}

    @Test void describes_what_other_versions_have_stored_as_it_is_shown() {
        ApplicationModel application = ApplicationModel.of(app -> app.entity("wallet", new Wallet())
                .upcast(Shaken.class, _ -> List.of())
                .upcast(PutInV7.class, _ -> List.of()));
        HttpServer other = TestHttp.start(new InMemoryGateway(application), application);
        try (TestClient its = new TestClient(other.port())) {
            api = its.get("/openapi.json").json();
            String event = "{\"type\":\"%s\",\"sequence\":1,\"data\":%s,\"time\":\"2026-11-21T09:30:00Z\","
                    + "\"metadata\":{\"eventVersion\":7,\"causation\":\"0193e5b0-1f6a-7c3e-9b55-3f1f0c2d7a10\"}}";
            assertValid(TestClient.parse(event.formatted("put-in", "{\"amount\":\"1\"}")), "wallet.recorded-event");
            assertValid(TestClient.parse(event.formatted("put-in", "{\"coins\":1}")), "wallet.recorded-event");
            assertValid(TestClient.parse(event.formatted("shaken", "{\"times\":1}")), "wallet.recorded-event");
            assertThat(errors(TestClient.parse(event.formatted("opened", "{\"times\":1}")), "wallet.recorded-event"))
                    .isNotEmpty();
        } finally {
            other.stop();
            api = client.get("/openapi.json").json();
        }
    }

    @Test void describes_an_answer_that_is_not_told_in_full() {
        CommandOutcome told = new CommandOutcome.Accepted(1,
                List.of(new CommandOutcome.StoredEvent("put-in", 1, "null".getBytes(StandardCharsets.UTF_8))), null,
                null, null, false, new CommandOutcome.Omitted(List.of("state", "data"), 5_000_000, 4 << 20));
        gateway.intercept(_ -> CompletableFuture.completedFuture(told));
        Answer put = client.post(WALLET.replace("{id}", "w-1") + "/put", "{\"amount\":\"5.00\"}");
        JsonNode line = client.bulk("""
                                    {"type":"wallet","id":"w-2","command":"put","data":{"amount":"1"}}
                                    """).lines().getFirst();
        gateway.reset();

        assertValid(put.json(), "wallet.accepted");
        assertThat(put.json().at("/omitted/bytes").asInt()).isEqualTo(5_000_000);
        assertValid(line, "bulk.result");
        assertThat(line.at("/omitted/parts/1").asText()).isEqualTo("data");
    }

    @Test void describes_what_is_taken_and_gives_an_example_that_is() {
        api.at("/paths").properties().forEach(path -> {
            JsonNode content = path.getValue().at("/post/requestBody/content/application~1json");
            if (!content.isMissingNode()) {
                String schema = content.at("/schema/$ref").asText().replace("#/components/schemas/", "");
                assertValid(content.at("/example"), schema);
                assertThat(client
                        .post(path.getKey().replaceAll("\\{[a-z]+}", "example"), content.at("/example").toString())
                        .status())
                        .as(path.getKey())
                        .isNotEqualTo(400);
            }
        });
        assertThat(errors(TestClient.parse("{\"amount\":5,\"more\":1}"), "wallet.command.put")).hasSize(2);
        assertValid(TestClient.parse("{\"type\":\"wallet\",\"id\":\"a\",\"command\":\"touch\",\"data\":{}}"),
                "bulk.line");
    }

    @Test void says_that_blank_lines_have_no_result() {
        assertThat(api.at("/paths/~1api~1commands/post/description").asText())
                .contains("blank lines are passed over and have no result. Commands of one entity");
    }

    @Test void describes_a_view_that_has_stopped() {
        Problem stopped = Problem.stopped("view-stopped", "It has stopped", 60);

        assertValid(TestClient.parse(new String(stopped.toJson("0".repeat(32)), StandardCharsets.UTF_8)), "problem");
        assertThat(api.at("/components/responses/503/description").asText()).contains("`view-stopped`");
    }

    @Test void describes_that_there_may_be_nothing_to_compare_a_view_with() {
        assertThat(api.at("/paths").get(VIEWS + "/{view}/diff").at("/get/responses").has("409")).isTrue();
    }

    @Test void names_every_reason_for_which_something_cannot_be_done_now() {
        assertThat(api.at("/components/responses/503/description").asText()).contains("`moving`", "`no-majority`",
                "`journal-behind`");
    }

    @Test void lets_a_view_be_asked_by_its_fields_only() {
        List<String> names = new ArrayList<>();
        api.at("/paths/~1api~1views~1balances/get/parameters")
                .forEach(each -> names
                        .add((each.has("$ref") ? api.at(each.get("$ref").asText().substring(1)) : each).at("/name")
                                .asText()));

        assertThat(names)
                .contains("owner", "owner.prefix", "balance.gte", "key", "updatedAt.lt", "sort", "limit", "cursor")
                .doesNotContain("balance.prefix");
        assertValid(TestClient.parse("{\"rows\":[{\"key\":\"a\",\"row\":{\"owner\":\"a\",\"balance\":\"1\"},"
                + "\"version\":null,\"updatedAt\":\"2026-11-21T09:30:00Z\"}],\"next\":null}"), "view.balances.page");
    }

    @Test void serves_a_page_that_needs_nothing_from_elsewhere() {
        for (String file : List.of("/docs", "/docs/docs.css", "/docs/docs.js")) {
            Answer answer = client.get(file);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Security-Policy")).startsWith("default-src 'none'")
                    .doesNotContain("unsafe", "http");
            assertThat(answer.text()).doesNotContain("http://", "https://", "innerHTML", "style=");
        }
        assertThat(client.get("/docs").text()).contains("/docs/docs.css", "/docs/docs.js").doesNotContain("onclick");
    }

    private void assertValid(JsonNode document, String schema) {
        assertThat(errors(document, schema)).as(document.toString()).isEmpty();
    }

    private List<?> errors(JsonNode document, String schema) {
        assertThat(api.at("/components/schemas").has(schema)).as(schema).isTrue();
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("$ref", "#/components/schemas/" + schema);
        root.set("components", api.get("components"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(root).validate(document);
    }
}

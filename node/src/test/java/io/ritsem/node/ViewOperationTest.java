package io.ritsem.node;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What an operator sees and does of views over HTTP, on a whole node. */
class ViewOperationTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String BALANCES = "/api/admin/projections/balances";

    private static String because(String more) {
        return "{\"reason\":\"a test\"" + more + "}";
    }

    @Test void a_view_is_rebuilt_switched_to_and_rolled_back_while_it_answers() {
        try (BankNode node = BankNode.start()) {
            node.post("/api/entities/account/ada/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
            String token = BankNode
                    .token(node.post("/api/entities/account/ada/deposit", "{\"amount\":\"5\",\"reference\":\"r\"}"));
            assertThat(node.get("/api/views/balances/ada", "Consistency-Token", token).statusCode()).isEqualTo(200);
            assertThat(node.get(BALANCES).body()).contains("\"generation\":1", "\"state\":\"serving\"",
                    "\"condition\":\"following\"", "\"lag\":0", "\"behind\":0", "\"deadLetters\":0");

            HttpResponse<String> begun = node.post(BALANCES + "/rebuild", because(",\"manual\":true"));
            assertThat(begun.body()).isEqualTo("{\"view\":\"balances\",\"generation\":2,\"serving\":false}");
            HttpResponse<String> again = node.post(BALANCES + "/rebuild", because(""));
            assertThat(again.statusCode()).isEqualTo(409);
            assertThat(again.body()).contains("\"code\":\"view-conflict\"", "cancel it first");
            await().atMost(SOON)
                    .until(() -> node.get(BALANCES).body().contains("\"percent\":100")
                            && node.get(BALANCES).body().contains("\"switching\":\"manual\""));

            HttpResponse<String> switched = node.post(BALANCES + "/switch", because(""));
            assertThat(switched.body()).isEqualTo("{\"view\":\"balances\",\"generation\":2,\"serving\":true}");
            assertThat(switched.statusCode()).isEqualTo(200);
            assertThat(node.get("/api/views/balances/ada").body()).contains("\"balance\":\"5\"");
            assertThat(node.post(BALANCES + "/roll-back", because("")).body())
                    .isEqualTo("{\"view\":\"balances\",\"generation\":1,\"serving\":true}");
            assertThat(node.get("/api/views/balances/ada", "Consistency-Token", token).body())
                    .contains("\"balance\":\"5\"");
        }
    }

    @Test void a_paused_view_answers_and_says_how_far_it_is_behind() {
        try (BankNode node = BankNode.start()) {
            node.post("/api/entities/account/ada/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
            assertThat(node.post(BALANCES + "/pause", because("")).statusCode()).isEqualTo(200);
            await().atMost(SOON).until(() -> node.get(BALANCES).body().contains("\"paused\":true"));
            node.post("/api/entities/account/ada/deposit", "{\"amount\":\"5\",\"reference\":\"r\"}");
            await().atMost(SOON)
                    .until(() -> node.get("/api/views/balances/ada")
                            .headers()
                            .firstValueAsLong("Ritsem-View-Lag")
                            .orElse(0) > 1_000);
            assertThat(node.get("/api/admin/projections").body()).contains("\"condition\":\"paused\"");
            assertThat(node.post(BALANCES + "/resume", because("")).statusCode()).isEqualTo(200);
            await().atMost(SOON).until(() -> node.get("/api/views/balances/ada").body().contains("\"balance\":\"5\""));
        }
    }

    @Test void the_command_line_lists_views_and_acts_on_them() throws Exception {
        try (BankNode node = BankNode.start()) {
            node.post("/api/entities/account/ada/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(node.say("views"))
                            .containsPattern("balances +1 +serving +following +0 +0 +0"));
            assertThat(node.say("views", "rebuild", "balances", "--manual", "--reason", "a test"))
                    .isEqualTo("rebuild: balances (generation 2)\n");
            await().atMost(SOON)
                    .until(() -> node.say("views").contains("100 % of about 1")
                            && node.say("views").contains("switch"));
            assertThat(node.say("views")).contains("no limit").doesNotContain("at most");
            await().atMost(SOON).untilAsserted(() -> assertThat(node.say("views")).contains(" 0/s, no limit"));
            node.say("views", "throttle", "balances", "--rate", "700", "--reason", "a test");
            assertThat(node.say("views")).contains("at most 700/s").doesNotContain("no limit");
            assertThat(node.say("views", "pause", "balances", "--reason", "a test")).isEqualTo("pause: balances\n");
            assertThat(node.say("views", "resume", "balances", "--reason", "a test")).isEqualTo("resume: balances\n");
            assertThat(node.say("views", "switch", "balances", "--reason", "a test"))
                    .isEqualTo("switch: balances (generation 2) serves\n");
            assertThat(node.say("views")).containsPattern("balances +1 +previous .*\\R.*balances +2 +serving");
            assertThatThrownBy(() -> node.say("views", "cancel", "balances", "--reason", "a test"))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessage("No generation of the view 'balances' is being built");
        }
        assertThatThrownBy(() -> new ViewsClient(URI.create("http://127.0.0.1:1"), System.out).list())
                .hasMessage("No node answers at http://127.0.0.1:1: start one, or say where it is with --url");
    }

    @Test void what_is_wrong_with_an_action_is_said() {
        try (BankNode node = BankNode.start()) {
            assertThat(node.post(BALANCES + "/pause", "{}").body()).contains("\"status\":400", "/reason", "missing");
            assertThat(node.post(BALANCES + "/pause", "{\"reason\":\" \"}").body()).contains("\"status\":400",
                    "1 to 500 characters");
            assertThat(node.post(BALANCES + "/rebuild", because(",\"eventsPerSecond\":-1")).body())
                    .contains("\"status\":400", "/eventsPerSecond", "from 0 (no limit)");
            assertThat(node.post("/api/admin/projections/nonsense/pause", because("")).body())
                    .contains("\"status\":404", "unknown-view", "balances");
            assertThat(node.get("/api/admin/projections/nonsense").statusCode()).isEqualTo(404);
            assertThat(node.post(BALANCES + "/cancel", because("")).body()).contains("\"status\":409",
                    "No generation of the view 'balances' is being built");
            assertThat(node.post(BALANCES + "/roll-back", because("")).body()).contains("\"status\":409", "rebuild it");
        }
    }
}

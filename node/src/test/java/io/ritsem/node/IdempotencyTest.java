package io.ritsem.node;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A command sent again under its key has one effect and one answer, also after a restart. */
class IdempotencyTest {

    private static final int ACCOUNTS = 5;

    /** A command under a key. */
    private record Keyed(String path, String body, String key) {

        HttpResponse<String> send(BankNode node) {
            return node.post(path, body, "Idempotency-Key", key);
        }
    }

    /** What must be the same each time. */
    private record Seen(int status, String body, List<String> etag, List<String> token) {

        static Seen of(HttpResponse<String> answer) {
            return new Seen(answer.statusCode(), answer.body(), answer.headers().allValues("ETag"),
                    answer.headers().allValues("Consistency-Token"));
        }
    }

    @Test void gives_after_a_restart_every_answer_again_byte_for_byte_and_stores_nothing() {
        List<Keyed> commands = fiftyCommands();
        List<Seen> first = new ArrayList<>();
        String url;
        String rows;
        try (BankNode node = BankNode.start()) {
            url = node.url();
            for (Keyed command : commands) {
                HttpResponse<String> answer = command.send(node);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Idempotency-Replayed")).isEmpty();
                first.add(Seen.of(answer));
            }
            rows = settledRows(node, first);
        }
        try (BankNode node = BankNode.on(url, Map.of())) {
            List<HttpResponse<String>> again = commands.stream().map(command -> command.send(node)).toList();

            assertThat(again).extracting(Seen::of).containsExactlyElementsOf(first);
            assertThat(again).allSatisfy(
                    answer -> assertThat(answer.headers().firstValue("Idempotency-Replayed")).contains("true"));
            assertThat(settledRows(node, first)).isEqualTo(rows);
        }
    }

    @Test void accepts_a_hundred_rejected_commands_under_the_same_keys_once_the_state_allows_it() {
        try (BankNode node = BankNode.start()) {
            String account = "/api/entities/account/poor";
            accepted(new Keyed(account + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0.00\"}", "open").send(node));
            List<Keyed> withdrawals = IntStream.range(0, 100)
                    .mapToObj(i -> new Keyed(account + "/withdraw", posting("1.00"), "withdraw-" + i))
                    .toList();

            for (Keyed withdrawal : withdrawals) {
                HttpResponse<String> rejected = withdrawal.send(node);
                assertThat(rejected.statusCode()).isEqualTo(422);
                assertThat(rejected.body()).contains("\"code\":\"insufficient-funds\"");
            }
            accepted(new Keyed(account + "/deposit", posting("100.00"), "deposit").send(node));
            for (Keyed withdrawal : withdrawals) {
                assertThat(accepted(withdrawal.send(node)).headers().firstValue("Idempotency-Replayed")).isEmpty();
            }

            assertThat(withdrawals).allSatisfy(withdrawal -> assertThat(
                    accepted(withdrawal.send(node)).headers().firstValue("Idempotency-Replayed")).contains("true"));
            assertThat(node.get(account).body()).contains("\"version\":102").contains("\"balance\":\"0.00\"");
            assertThat(node.ask("SELECT count(*) FROM ritsem.event_journal")).isEqualTo("102");
        }
    }

    private static List<Keyed> fiftyCommands() {
        List<Keyed> commands = new ArrayList<>();
        for (int a = 0; a < ACCOUNTS; a++) {
            String account = "/api/entities/account/a-" + a;
            commands.add(new Keyed(account + "/open", "{\"owner\":\"Zo\u00EB\",\"overdraft\":\"0.00\"}", "open"));
            for (int i = 0; i < 6; i++) {
                commands.add(new Keyed(account + "/deposit", posting((i + 1) + ".50"), "deposit " + i));
            }
            for (int i = 0; i < 3; i++) {
                commands.add(new Keyed(account + "/withdraw", posting("1." + i + "0"), "withdraw " + i));
            }
        }
        assertThat(commands).hasSize(50);
        return commands;
    }

    private static String settledRows(BankNode node, List<Seen> answers) {
        for (String view : List.of("balances", "turnover")) {
            String[] tokens = answers.stream()
                    .flatMap(answer -> answer.token().stream())
                    .flatMap(token -> List.of("Consistency-Token", token).stream())
                    .toArray(String[]::new);
            assertThat(node.get("/api/views/" + view, tokens).statusCode()).isEqualTo(200);
        }
        return RowCounts.of(node);
    }

    private static String posting(String amount) {
        return "{\"amount\":\"" + amount + "\",\"reference\":\"rent\"}";
    }

    private static HttpResponse<String> accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }
}

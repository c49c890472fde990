package io.ritsem.node;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.runtime.application.ApplicationModel;
import bank.Account;
import bank.Bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A view whose handler throws for one account, as readers and operators see it. */
class DeadLetterTest {

    private static final String ADA = "/api/entities/account/ada";
    private static final String LETTERS = "/api/admin/dead-letters/deposits/ada";
    private static final Set<String> POISONS = ConcurrentHashMap.newKeySet();

    record Deposits(String amount, long count) {}

    private static final class Counting implements EntityView<Account.Event, Deposits> {

        @Override public @Nullable Deposits apply(@Nullable Deposits row, Account.Event event, Recorded recorded) {
            if (event instanceof Account.Event.Deposited deposited) {
                if (POISONS.contains(deposited.reference())) {
                    throw new IllegalStateException("no, not that");
                }
                return new Deposits(deposited.amount().toPlainString(), row == null ? 1 : row.count() + 1);
            }
            return row;
        }
    }

    private static final class ByReference implements KeyedView<Account.Event, Deposits> {

        @Override public void apply(Account.Event event, Recorded recorded, Rows<Deposits> rows) {
            if (event instanceof Account.Event.Deposited(var amount, var reference)) {
                if (POISONS.contains(reference)) {
                    throw new IllegalStateException("no, not that");
                }
                rows.update(reference,
                        row -> new Deposits(amount.toPlainString(), row == null ? 1 : row.count() + 1));
            }
        }
    }

    @AfterEach void heal() {
        POISONS.clear();
    }

    private static BankNode start() {
        return BankNode.start(ApplicationModel.of(new Bank(),
                app -> app.view("deposits", new Counting()).of("account")));
    }

    @Test void a_poisoned_account_says_that_it_is_behind_and_can_be_mended() {
        POISONS.add("poison");
        try (BankNode node = start()) {
            node.post(ADA + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
            String token = deposit(node, "poison");
            HttpResponse<String> none = node.get("/api/views/deposits/ada", "Consistency-Token", token);
            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(none.body()).contains("events wait for it as dead letters: 1,").doesNotContain("no, not that");

            assertThat(node.get("/api/admin/dead-letters?view=deposits&limit=1").body()).contains("\"key\":\"ada\"",
                    "\"entity\":false", "\"type\":\"account.deposited/1\"", "\"data\":{", "no, not that", "\"stack\":",
                    "\"next\":null");
            assertThat(node.get(LETTERS).body()).contains("\"generation\":1", "\"events\":1", "\"sequence\":2");
            assertThat(node.get(LETTERS + "?entity=true").body()).contains("no-dead-letters");
            refusesWhatIsWrong(node);
            assertThat(node.post(LETTERS + "/retry", "{\"reason\":\"try\"}").body()).contains("\"applied\":0",
                    "\"waiting\":1", "no, not that");

            assertThat(node.post(LETTERS + "/edit", edit("account|ada", 2, "\"harmless\"")).body())
                    .isEqualTo("{\"generations\":[{\"generation\":1,\"applied\":1,\"waiting\":0}]}");
            assertThat(node.get("/api/views/deposits/ada").body()).contains("\"count\":1").doesNotContain("behind");

            String again = deposit(node, "poison");
            String last = deposit(node, "fine");
            assertThat(node.get("/api/views/deposits/ada", "Consistency-Token", again + "," + last).body())
                    .contains("\"count\":1", "\"behind\":{\"events\":2,\"since\":\"2");
            assertThat(node.get("/api/views/deposits").body()).contains("\"behind\":{\"events\":2,");
            assertThat(node.post(LETTERS + "/skip", "{\"reason\":\"never mind\"}").body()).contains("\"applied\":1");
            assertThat(node.get("/api/views/deposits/ada").body()).contains("\"count\":2").doesNotContain("behind");
            assertThat(node.get("/api/admin/audit?limit=1").body()).contains("\"action\":\"skip\"",
                    "\"subject\":\"view deposits\"", "\"reason\":\"never mind\"", "\"key\": \"ada\"")
                    .doesNotContain("\"next\":null");
        }
    }

    @Test void what_waits_before_it_has_named_a_row_is_told_with_every_answer_of_the_view() {
        POISONS.add("poison");
        try (BankNode node = BankNode.start(ApplicationModel.of(new Bank(),
                app -> app.view("references", Deposits.class).on("account", new ByReference())))) {
            node.post(ADA + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
            HttpResponse<String> before = node.get("/api/views/references/a", "Consistency-Token", deposit(node, "a"));
            assertThat(before.headers().firstValue("Ritsem-View-Unplaced")).isEmpty();
            deposit(node, "poison");
            String token = deposit(node, "a");
            for (String address : List.of("/api/views/references/a", "/api/views/references",
                    "/api/views/references/b")) {
                assertThat(node.get(address, "Consistency-Token", token).headers().firstValue("Ritsem-View-Unplaced"))
                        .hasValue("2");
            }
            assertThat(node.get("/api/views/references/a").body()).contains("\"count\":1");

            POISONS.clear();
            assertThat(node.post("/api/admin/dead-letters/references/account%7Cada/retry?entity=true",
                    "{\"reason\":\"mended\"}").body()).contains("\"applied\":2,\"waiting\":0");
            HttpResponse<String> after = node.get("/api/views/references/a", "Consistency-Token", token);
            assertThat(after.headers().firstValue("Ritsem-View-Unplaced")).isEmpty();
            assertThat(after.body()).contains("\"count\":2");
        }
    }

    @Test void an_action_of_which_nobody_knows_whether_it_was_done_is_not_told_as_one_that_was_not()
            throws SQLException {
        POISONS.add("poison");
        try (BankNode node = start(); Connection other = DriverManager.getConnection(node.url())) {
            node.post(ADA + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
            deposit(node, "poison");
            assertThat(node.get("/api/views/deposits/ada", "Consistency-Token", deposit(node, "fine")).statusCode())
                    .isEqualTo(404);
            other.setAutoCommit(false);
            try (Statement lock = other.createStatement()) {
                lock.execute("LOCK TABLE ritsem.dead_letter IN SHARE MODE");
                HttpResponse<String> unknown = node.post(LETTERS + "/skip", "{\"reason\":\"never mind\"}");
                assertThat(unknown.statusCode()).isEqualTo(504);
                assertThat(unknown.body()).contains("outcome-unknown", "view busy", "/api/admin/audit");
            }
            other.rollback();

            String named = "{\"entity\":\"account|ada\",\"sequence\":2,\"reason\":\"never mind\"}";
            assertThat(node.post(LETTERS + "/skip", named).body()).contains("\"applied\":1,\"waiting\":0");
            assertThat(node.post(LETTERS + "/skip", named).statusCode()).isEqualTo(404);
            assertThat(node.post(LETTERS + "/skip", "{\"entity\":\"account|ada\",\"reason\":\"x\"}").body())
                    .contains("/sequence", "missing");
            assertThat(node.post(LETTERS + "/skip", "{\"entity\":\"ada\",\"sequence\":2,\"reason\":\"x\"}").body())
                    .contains("/entity", "type|id");
        }
    }

    private static void refusesWhatIsWrong(BankNode node) {
        assertThat(node.post(LETTERS + "/retry", "{\"reason\":\" \"}").body()).contains("invalid-body", "/reason");
        assertThat(node.post(LETTERS + "/retry", "{\"reson\":\"x\"}").body()).contains("/reson", "unknown", "missing");
        assertThat(node.post(LETTERS + "/skip", "nonsense").statusCode()).isEqualTo(400);
        assertThat(node.post(LETTERS + "/edit", edit("account|ada", 2, "5")).body()).contains("\"pointer\":\"/data\"",
                "reference", "\"status\":400");
        assertThat(node.post(LETTERS + "/edit", edit("account|ada", 9, "\"x\"")).statusCode()).isEqualTo(404);
        assertThat(node.post(LETTERS + "/edit", edit("ada", 2, "\"x\"")).body()).contains("/entity", "type|id");
        assertThat(node.get("/api/admin/dead-letters?view=nope").body()).contains("unknown-view", "deposits");
        assertThat(node.get("/api/admin/dead-letters?cursor=nope&limit=0").body()).contains("\"cursor\"", "\"limit\"");
    }

    @Test void the_command_line_shows_what_waits_and_why_and_retries_and_skips_it() {
        POISONS.addAll(Set.of("poison", "venom"));
        try (BankNode node = start()) {
            deposit(node, "ada", "poison");
            deposit(node, "ada", "fine");
            deposit(node, "bob", "poison");
            deposit(node, "cid", "venom");
            deposit(node, "dora", "poison");
            assertThat(node.say("views", "dead-letters", "deposits")).containsSubsequence("key", "why", "ada", "bob",
                    "cid", "dora")
                    .containsPattern("ada +row +1 +2  2[^ ]+Z +java.lang.IllegalStateException: no, not that\\R");
            assertThat(node.say("views", "dead-letters", "deposits", "ada")).contains(
                    "events that wait for the row ada: 2",
                    "event 2 of account|ada, account.deposited/1", "{\"amount\":\"1\",\"reference\":\"poison\"}",
                    "IllegalStateException: no, not that", "    at ", "Counting.apply", "event 3 of account|ada");
            assertThatThrownBy(() -> node.say("views", "dead-letters", "deposits", "account|ada", "--entity"))
                    .hasMessage("The view 'deposits' has no dead letters of the entity 'account|ada'");

            StringBuilder failed = new StringBuilder();
            assertThatThrownBy(() -> node.say(failed, "views", "retry", "deposits", "ada", "--reason", "try"))
                    .isInstanceOf(NodeStartException.class)
                    .hasMessage("'ada' still has dead letters in the view 'deposits'");
            assertThat(failed).hasToString("retry: deposits ada (generation 1): 0 applied, 2 wait: "
                    + "java.lang.IllegalStateException: no, not that\n");
            assertThat(node.say("views", "skip", "deposits", "bob", "--reason", "never mind"))
                    .isEqualTo("skip: deposits bob (generation 1): 0 applied, 0 wait\n");

            POISONS.remove("poison");
            failed.setLength(0);
            assertThatThrownBy(() -> node.say(failed, "views", "retry", "deposits", "--all", "--reason", "mended"))
                    .hasMessage("The view 'deposits' still has dead letters");
            assertThat(failed.toString()).startsWith("retry: deposits: 2 of 3 keys do not wait any more\n")
                    .containsPattern("cid +row +1 +1 ")
                    .doesNotContain("ada", "bob", "dora");
            POISONS.clear();
            assertThat(node.say("views", "retry", "deposits", "--all", "--reason", "mended"))
                    .isEqualTo("retry: deposits: 1 of 1 keys do not wait any more\n");
            assertThat(node.say("views", "dead-letters", "deposits"))
                    .isEqualTo("The view 'deposits' has no dead letters\n");
            assertThat(node.get("/api/views/deposits/ada").body()).contains("\"count\":2");
        }
    }

    /** Of a new account, or one that is there; returns when the view has gone past it. */
    private static void deposit(BankNode node, String account, String reference) {
        String path = "/api/entities/account/" + account;
        node.post(path + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
        String token = BankNode.token(node.post(path + "/deposit",
                "{\"amount\":\"1\",\"reference\":\"%s\"}".formatted(reference)));
        node.get("/api/views/deposits/" + account, "Consistency-Token", token);
    }

    private static String edit(String entity, long sequence, String reference) {
        return """
               {"reason":"a typing error","entity":"%s","sequence":%d,"data":{"amount":"3","reference":%s}}"""
                .formatted(entity, sequence, reference);
    }

    private static String deposit(BankNode node, String reference) {
        return BankNode.token(node.post(ADA + "/deposit",
                "{\"amount\":\"1\",\"reference\":\"%s\"}".formatted(reference)));
    }
}

package io.ritsem.node;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.runtime.application.ApplicationModel;
import bank.Account;
import bank.Bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A view that cannot go on, as its readers see it. */
class StoppedViewTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ACCOUNT = "/api/entities/account/ada";

    private static final String OWNERS = "/api/admin/projections/owners";
    private static final AtomicBoolean MENDED = new AtomicBoolean();

    record Owner(String name) {}

    private static final class Owners implements EntityView<Account.Event, Owner> {

        @Override public @Nullable Owner apply(@Nullable Owner row, Account.Event event, Recorded recorded) {
            return switch (event) {
                case Account.Event.Opened opened -> new Owner(opened.owner());
                case Account.Event.Deposited _ when !MENDED.get() -> throw new InternalError("no, not that");
                case Account.Event.Deposited _,Account.Event.Withdrawn _,Account.Event.Closed _ -> row;
            };
        }
    }

    @BeforeEach void breakIt() {
        MENDED.set(false);
    }

    @Test void says_that_it_has_stopped_to_who_waits_for_it_and_shows_its_old_rows_to_others() {
        ApplicationModel application = ApplicationModel.of(new Bank(),
                app -> app.view("owners", new Owners()).of("account"));
        try (BankNode node = BankNode.start(application)) {
            String before = BankNode.token(node.post(ACCOUNT + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}"));
            assertThat(owner(node, before).statusCode()).isEqualTo(200);
            String token = BankNode.token(node.post(ACCOUNT + "/deposit", "{\"amount\":\"1\",\"reference\":\"rent\"}"));

            HttpResponse<String> stopped = owner(node, token);
            assertThat(stopped.statusCode()).isEqualTo(503);
            assertThat(stopped.headers().firstValue("Retry-After")).hasValue("60");
            assertThat(stopped.body()).contains("\"code\":\"view-stopped\"", "\"retryable\":false", "log names it")
                    .doesNotContain("no, not that", "\"retryable\":true");

            assertThat(owner(node, before).statusCode()).isEqualTo(200);
            HttpResponse<String> stale = node.get("/api/views/owners/ada");
            assertThat(stale.body()).contains("\"name\":\"Ada\"");
            assertThat(node.get("/api/views/owners", "Consistency-Token", token, "Prefer", "handling=lenient")
                    .statusCode())
                    .isEqualTo(200);
            await().atMost(PATIENCE).until(() -> lag(node.get("/api/views/owners/ada")) > lag(stale) + 50);
            assertThat(node.get("/api/views/balances/ada", "Consistency-Token", token).statusCode()).isEqualTo(200);
        }
    }

    @Test void is_failing_until_it_is_mended_and_resumed_and_then_goes_on_where_it_stopped() {
        ApplicationModel application = ApplicationModel.of(new Bank(),
                app -> app.view("owners", new Owners()).of("account"));
        try (BankNode node = BankNode.start(application)) {
            String opened = BankNode.token(node.post(ACCOUNT + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}"));
            assertThat(owner(node, opened).statusCode()).isEqualTo(200); // or it would wait behind the deposit, in one batch
            String token = BankNode.token(node.post(ACCOUNT + "/deposit", "{\"amount\":\"1\",\"reference\":\"rent\"}"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(node.get(OWNERS).body()).contains("\"condition\":\"failing\"",
                            "\"behind\":1", "\"trouble\":\"The view 'owners' is broken"));

            MENDED.set(true);
            node.post("/api/entities/account/bob/open", "{\"owner\":\"Bob\",\"overdraft\":\"0\"}");
            assertThat(node.get(OWNERS).body()).contains("\"condition\":\"failing\"");

            assertThat(node.post(OWNERS + "/resume", "{\"reason\":\"mended\"}").statusCode()).isEqualTo(200);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(node.get(OWNERS).body()).contains("\"condition\":\"following\"",
                            "\"behind\":0").doesNotContain("failing", "is broken"));
            assertThat(owner(node, token).statusCode()).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> node.get("/api/views/owners/bob").statusCode() == 200);
        }
    }

    private static HttpResponse<String> owner(BankNode node, String token) {
        return node.get("/api/views/owners/ada", "Consistency-Token", token, "Prefer", "wait=15");
    }

    private static long lag(HttpResponse<?> answer) {
        return answer.headers().firstValueAsLong("Ritsem-View-Lag").orElseThrow();
    }
}

package io.ritsem.node;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.runtime.application.ApplicationModel;
import bank.Account;
import bank.Bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A node while it builds a view for the first time, as its callers see it. */
class ViewBuildingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ADA = "/api/entities/account/ada";
    private static final String NEW = "/api/views/events-of-accounts/ada";
    private static final CountDownLatch GO_ON = new CountDownLatch(1);

    record Count(long events) {}

    private static final class Counting implements EntityView<Account.Event, Count> {

        @Override public Count apply(@Nullable Count row, Account.Event event, Recorded recorded) {
            try {
                assertThat(GO_ON.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Count(row == null ? 1 : row.events() + 1);
        }
    }

    private static final class Broken implements EntityView<Account.Event, Count> {

        @Override public Count apply(@Nullable Count row, Account.Event event, Recorded recorded) {
            throw new InternalError("no, not that");
        }
    }

    @Test void tells_who_reads_a_view_that_cannot_be_built_that_trying_again_does_not_help() {
        BankNode before = BankNode.start();
        before.post(ADA + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
        before.close();
        ApplicationModel application = ApplicationModel.of(new Bank(),
                app -> app.view("events-of-accounts", new Broken()).of("account"));
        try (BankNode node = BankNode.building(before.url(), application)) {
            await().atMost(PATIENCE).until(() -> node.get(NEW).body().contains("\"code\":\"view-stopped\""));

            HttpResponse<String> stopped = node.get(NEW);

            assertThat(stopped.statusCode()).isEqualTo(503);
            assertThat(stopped.body()).contains("\"retryable\":false", "the node's log names it");
            assertThat(stopped.headers().firstValue("Retry-After")).hasValue("60");
            await().atMost(PATIENCE).until(() -> node.health("/ready") == 200);
        }
    }

    @Test void takes_commands_and_serves_other_views_while_a_view_answers_that_it_is_being_built() {
        BankNode before = BankNode.start();
        before.post(ADA + "/open", "{\"owner\":\"Ada\",\"overdraft\":\"0\"}");
        before.close();
        ApplicationModel application = ApplicationModel.of(new Bank(),
                app -> app.view("events-of-accounts", new Counting()).of("account"));
        try (BankNode node = BankNode.building(before.url(), application)) {
            HttpResponse<String> notYet = node.get(NEW);
            assertThat(notYet.statusCode()).isEqualTo(503);
            assertThat(notYet.headers().firstValue("Retry-After")).isPresent();
            assertThat(notYet.body()).contains("\"code\":\"view-building\"", "\"retryable\":true");
            assertThat(node.health("/ready")).isEqualTo(500);

            HttpResponse<String> deposit = node.post(ADA + "/deposit", "{\"amount\":\"5\",\"reference\":\"r\"}");
            assertThat(deposit.statusCode()).isEqualTo(200);
            String token = BankNode.token(deposit);
            assertThat(node.get("/api/views/balances/ada", "Consistency-Token", token).body())
                    .contains("\"balance\":\"5\"");
            assertThat(node.get(NEW, "Consistency-Token", token).body()).contains("view-building");

            GO_ON.countDown();
            await().atMost(PATIENCE).until(() -> node.health("/ready") == 200);
            assertThat(node.get(NEW, "Consistency-Token", token).body()).contains("\"events\":2");
        } finally {
            GO_ON.countDown();
        }
    }
}

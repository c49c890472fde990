package io.ritsem.runtime.entity;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.runtime.gateway.CommandOutcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What is told of a write that the server holds and its synchronous standby does not: a fail-over would lose it. */
class UnconfirmedWriteTest {

    private static final String CANCEL = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

    @Test void it_is_not_told_as_accepted_before_the_standby_has_it() {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                TestNode node = TestNode.on(server.createDatabase())) {
            long before = node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).version();
            node.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            node.execute("SELECT pg_reload_conf()");
            CompletableFuture<CommandOutcome> held = payUntilOneIsHeld(node);
            long stored = node.count("till") - before;

            node.execute(CANCEL); // stored here, says the server, and warns
            await().until(() -> node.count("till") == before + stored + 1);
            await().until(() -> node.unconfirmed() == 1 || held.isDone());
            node.execute(CANCEL);

            assertThat(node.await(held)).isEqualTo(new CommandOutcome.OutcomeUnknown());

            node.execute("ALTER SYSTEM RESET synchronous_standby_names");
            node.execute("SELECT pg_reload_conf()");
            assertThat(node.acceptedInTime(() -> node.command("till", "pay", "{\"amount\":\"1\"}")).version())
                    .isEqualTo(before + stored + 2);
        }
    }

    @Test void nor_to_who_asks_its_next_owner_again() {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                TestNode node = TestNode.on(server.createDatabase())) {
            node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
            node.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            node.execute("SELECT pg_reload_conf()");
            int attempts = 0;
            while (!isHeld(node, pay(node, "k" + attempts))) {
                attempts++;
            }
            long before = node.count("till");
            node.execute(CANCEL);
            await().until(() -> node.count("till") == before + 1);
            node.restart();
            long stuck = node.unconfirmed();

            CompletableFuture<CommandOutcome> again = pay(node, "k" + attempts);
            await().until(() -> again.isDone() || node.unconfirmed() > stuck);
            assertThat(again).isNotDone();
            node.execute("ALTER SYSTEM RESET synchronous_standby_names");
            node.execute("SELECT pg_reload_conf()");

            assertThat(node.await(again)).isInstanceOfSatisfying(CommandOutcome.Accepted.class,
                    accepted -> assertThat(accepted.replayed()).isTrue());
        }
    }

    @Test void it_is_told_as_accepted_when_the_standby_has_it() {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                TestNode node = TestNode.on(server.createDatabase())) {
            node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
            node.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
            node.execute("SELECT pg_reload_conf()");
            CompletableFuture<CommandOutcome> held = payUntilOneIsHeld(node);

            node.execute(CANCEL);
            await().until(() -> node.unconfirmed() == 1);
            node.execute("ALTER SYSTEM RESET synchronous_standby_names");
            node.execute("SELECT pg_reload_conf()");

            assertThat(node.await(held)).isInstanceOf(CommandOutcome.Accepted.class);
        }
    }

    /** The server has not heard of its standby at once. */
    private static CompletableFuture<CommandOutcome> payUntilOneIsHeld(TestNode node) {
        CompletableFuture<CommandOutcome> last = pay(node);
        while (!isHeld(node, last)) {
            last = pay(node);
        }
        return last;
    }

    private static boolean isHeld(TestNode node, CompletableFuture<CommandOutcome> answer) {
        await().until(() -> answer.isDone() || node.unconfirmed() == 1);
        return !answer.isDone();
    }

    private static CompletableFuture<CommandOutcome> pay(TestNode node, String key) {
        return node.gateway().submit(node.keyed("till", "pay", "{\"amount\":\"1\"}", key)).toCompletableFuture();
    }

    private static CompletableFuture<CommandOutcome> pay(TestNode node) {
        return node.gateway().submit(node.due("till", Duration.ofSeconds(4))).toCompletableFuture();
    }
}

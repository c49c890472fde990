package io.ritsem.runtime.entity;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What becomes of a command while another node, which believes that it owns the entity too, is writing. */
class OtherWriterTest {

    private static TestNode node;

    @BeforeAll static void start() {
        node = TestNode.onFreshDatabase();
    }

    @AfterAll static void stop() {
        node.close();
    }

    @Test void it_is_stored_when_the_other_rolls_back() throws SQLException {
        pay("till-a");
        try (Connection other = node.storingBehindItsBack("till-a", 2, "7")) {
            CompletableFuture<CommandOutcome> held = payHeldUp("till-a");
            other.rollback();

            assertThat(node.await(held)).isInstanceOfSatisfying(Accepted.class,
                    accepted -> assertThat(accepted.version()).isEqualTo(2));
        }
        assertThat(node.count("till-a")).isEqualTo(2);
    }

    @Test void it_is_decided_anew_on_what_the_other_stored() throws SQLException {
        pay("till-b");
        try (Connection other = node.storingBehindItsBack("till-b", 2, "7")) {
            CompletableFuture<CommandOutcome> held = payHeldUp("till-b");
            other.commit();

            assertThat(node.await(held)).isInstanceOfSatisfying(Accepted.class,
                    accepted -> assertThat(accepted.version()).isEqualTo(3));
        }
        assertThat(node.await(node.gateway().state(node.id("till-b"), node.deadline())).state())
                .asString()
                .isEqualTo("{\"money\":\"9\"}");
    }

    @Test void it_is_refused_when_the_other_takes_too_long_and_nothing_is_stored() throws SQLException {
        pay("till-c");
        try (Connection other = node.storingBehindItsBack("till-c", 2, "7")) {
            CompletableFuture<CommandOutcome> held = payHeldUp("till-c");

            assertThat(node.await(held)).isEqualTo(new CommandOutcome.Unavailable("journal-away"));
            assertThat(node.count("till-c")).isEqualTo(1);
            other.rollback();
        }
        assertThat(node.acceptedInTime(() -> node.command("till-c", "pay", "{\"amount\":\"1\"}")).version())
                .isEqualTo(2);
    }

    private static void pay(String till) {
        node.accepted(node.command(till, "pay", "{\"amount\":\"1\"}"));
    }

    private static CompletableFuture<CommandOutcome> payHeldUp(String till) {
        var held = node.gateway().submit(node.keyed(till, "pay", "{\"amount\":\"1\"}", "k"));
        await().until(() -> node.blocked() == 1);
        return held.toCompletableFuture();
    }
}

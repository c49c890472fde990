package io.ritsem.runtime.entity;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.EntityState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an entity says while a write is being committed of which it knows nothing: its former owner's, or its own, given up
 * when the server did not answer in time.
 */
class LateWriteTest {

    private static TestNode node;

    @BeforeAll static void start() {
        node = TestNode.onFreshDatabase();
    }

    @AfterAll static void stop() {
        node.close();
    }

    @Test void a_read_tells_it_as_soon_as_it_is_there() throws SQLException {
        try (Connection late = recoveredWhileStoring("till-a")) {
            assertThat(read("till-a").version()).isEqualTo(1);
            node.clock().advance(Duration.ofSeconds(6));
            assertThat(read("till-a").version()).isEqualTo(1);
            late.commit();

            assertThat(read("till-a").state()).asString().isEqualTo("{\"money\":\"8\"}");
        }
    }

    @Test void a_command_is_not_rejected_for_want_of_it() throws SQLException {
        try (Connection late = recoveredWhileStoring("till-b")) {
            assertThat(node.outcome(node.command("till-b", "take", "{\"amount\":\"8\"}")))
                    .isInstanceOf(CommandOutcome.Rejected.class);
            late.commit();

            assertThat(node.outcome(node.command("till-b", "take", "{\"amount\":\"8\"}")))
                    .isInstanceOfSatisfying(Accepted.class,
                            accepted -> assertThat(accepted.version()).isEqualTo(3));
        }
    }

    @Test void a_key_is_not_refused_while_a_write_may_come_that_spends_it() throws SQLException {
        try (Connection late = recoveredWhileStoring("till-f")) {
            assertThat(take("till-f")).isEqualTo(new CommandOutcome.Unavailable("journal-away"));
            late.commit();
            assertThat(take("till-f")).isInstanceOfSatisfying(Accepted.class,
                    accepted -> assertThat(accepted.version()).isEqualTo(3));
        }
        try (Connection late = recoveredWhileStoring("till-g")) {
            late.rollback();
            assertThat(take("till-g")).isInstanceOf(CommandOutcome.Rejected.class);
        }
        assertThat(read("till-g").version()).isEqualTo(1);
    }

    private static CommandOutcome take(String till) {
        return node.outcome(node.keyed(till, "take", "{\"amount\":\"8\"}", "k"));
    }

    @Test void once_there_can_be_none_the_journal_is_not_asked_any_more() throws SQLException {
        try (Connection late = recoveredWhileStoring("till-c")) {
            assertThat(read("till-c").version()).isEqualTo(1);
            node.clock().advance(Duration.ofSeconds(6));
            assertThat(read("till-c").version()).isEqualTo(1);
            late.rollback();
        }
        assertThat(read("till-c").version()).isEqualTo(1);

        try (Connection lock = node.lockedFromReading()) {
            assertThat(read("till-c").version()).isEqualTo(1);
            lock.rollback();
        }
    }

    @Test void who_has_stored_need_not_ask() throws SQLException {
        node.accepted(node.command("till-d", "pay", "{\"amount\":\"1\"}"));
        try (Connection lock = node.lockedFromReading()) {
            assertThat(read("till-d").version()).isEqualTo(1);
            lock.rollback();
        }
    }

    @Test void who_cannot_ask_says_so_and_goes_on() throws SQLException {
        try (Connection late = recoveredWhileStoring("till-e")) {
            assertThat(read("till-e").version()).isEqualTo(1);
            late.rollback();
        }
        try (LoggedBugs bugs = new LoggedBugs(Gate.class); Connection lock = node.lockedFromReading()) {
            for (int i = 0; i < 2; i++) {
                assertThat(node.outcome(node.command("till-e", "take", "{\"amount\":\"8\"}")))
                        .isEqualTo(new CommandOutcome.Unavailable("journal-away"));
            }
            assertThat(bugs.count()).isZero();
            lock.rollback();
        }
        assertThat(read("till-e").version()).isEqualTo(1);
    }

    private static EntityState read(String till) {
        return node.await(node.gateway().state(node.id(till), node.deadline()));
    }

    private static Connection recoveredWhileStoring(String till) throws SQLException {
        node.accepted(node.command(till, "pay", "{\"amount\":\"1\"}"));
        Connection late = node.storingBehindItsBack(till, 2, "7");
        node.restart();
        return late;
    }
}

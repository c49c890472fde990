package io.ritsem.runtime.entity;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import akka.actor.testkit.typed.javadsl.TestProbe;
import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.EntityFailedException;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.journal.SpentKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What an entity does when it is restarted, is not alone, or loses its connection. */
class EntityTroubleTest {

    private TestNode node;

    @BeforeEach void start() {
        node = TestNode.onFreshDatabase();
    }

    @AfterEach void stop() {
        node.close();
    }

    @Test void keys_survive_a_restart_and_snapshots() {
        List<Accepted> first = new ArrayList<>();
        for (int i = 0; i < 35; i++) {
            first.add(node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k" + i)));
        }
        await().until(() -> node.snapshots("till") == 3);

        node.restart();

        for (int i = 0; i < 35; i++) {
            Accepted again = node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k" + i));
            assertThat(again.replayed()).isTrue();
            assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first.get(i));
        }
        assertThat(node.count("till")).isEqualTo(35);
        assertThat(node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).version()).isEqualTo(36);
    }

    @Test void a_snapshot_of_another_shape_is_ignored() {
        for (int i = 0; i < 25; i++) {
            node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        }
        await().until(() -> node.snapshots("till") == 2);
        node.execute("UPDATE ritsem.snapshot SET snapshot_ser_manifest = 'till/another-shape', snapshot_payload = 'x'");

        node.restart();

        assertThat(node.await(node.gateway().state(node.id("till"), node.deadline())).state())
                .asString()
                .isEqualTo("{\"money\":\"25\"}");
    }

    @Test void a_stale_owner_finds_out_and_goes_on() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.storeBehindItsBack("till", 2, "7");

        Accepted next = node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));

        assertThat(next.version()).isEqualTo(3);
        assertThat(node.await(node.gateway().state(node.id("till"), node.deadline())).state())
                .asString()
                .isEqualTo("{\"money\":\"9\"}");
    }

    @Test void a_stale_owner_that_is_far_behind_goes_on_too() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.storeBehindItsBack("till", 2, 2_500);

        assertThat(node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).version()).isEqualTo(2_501);
    }

    @Test void says_nothing_from_memory_while_another_node_may_have_its_entities() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.cutOff(true);
        CompletionStage<CommandOutcome> asked = node.gateway()
                .submit(node.command("till", "take", "{\"amount\":\"5\"}"));
        CompletionStage<EntityState> read = node.gateway().state(node.id("till"), node.deadline());
        assertThat(node.outcome(node.due("till", Duration.ofMillis(300))))
                .isIn(new CommandOutcome.Unavailable("no-majority"), new CommandOutcome.Unavailable("deadline-passed"));
        assertThat(asked.toCompletableFuture()).isNotDone();
        assertThat(read.toCompletableFuture()).isNotDone();

        node.cutOff(false);

        assertThat(node.await(asked)).isInstanceOf(CommandOutcome.Rejected.class);
        assertThat(node.await(read).version()).isEqualTo(1);
    }

    @Test void the_database_stores_nothing_for_a_node_whose_time_is_over() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        try (LoggedBugs log = new LoggedBugs("io.ritsem.runtime.journal", Level.WARN)) {
            Instant closed = Instant.now().minusSeconds(1);
            node.fence(closed);
            CompletionStage<CommandOutcome> late = node.gateway()
                    .submit(node.command("till", "pay", "{\"amount\":\"2\"}"));
            assertThat(node.outcome(node.due("till", Duration.ofMillis(500))))
                    .isIn(new CommandOutcome.Unavailable("no-majority"),
                            new CommandOutcome.Unavailable("deadline-passed"));
            assertThat(node.count("till")).isEqualTo(1);
            assertThat(log.first()).contains("until " + closed, "clock has jumped ahead");

            node.fence(Instant.now().plusSeconds(60));

            assertThat(((Accepted) node.await(late)).version()).isEqualTo(2);
        }
    }

    @Test void who_asks_again_from_elsewhere_hears_what_is_being_written_meanwhile() throws SQLException {
        askAgainWhileWriting(Connection::rollback);
    }

    @Test void who_asks_again_from_elsewhere_hears_what_was_in_doubt_meanwhile() throws SQLException {
        askAgainWhileWriting(lock -> {
            node.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    + "WHERE datname = current_database() AND wait_event_type = 'Lock'");
            lock.rollback();
        });
    }

    private interface Release {
        void of(Connection lock) throws SQLException;
    }

    private void askAgainWhileWriting(Release release) throws SQLException {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        TestProbe<CommandOutcome> now = node.listener();
        Submit first = new Submit(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k"), UUID.randomUUID(),
                node.listener().getRef(), false);
        try (Connection lock = node.lockedJournal()) {
            node.tell(first);
            await().until(() -> node.blocked() == 1);

            node.tell(new Submit(first.request(), first.commandId(), now.getRef(), true));
            // it is there when what came after it is answered
            assertThat(node.outcome(node.due("till", Duration.ofMillis(300))))
                    .isEqualTo(new CommandOutcome.Unavailable("deadline-passed"));
            release.of(lock);
        }

        Accepted answer = now.expectMessageClass(Accepted.class, Duration.ofSeconds(10));
        assertThat(answer.version()).isEqualTo(2);
        assertThat(answer.replayed()).isFalse();
        assertThat(node.count("till")).isEqualTo(2);
    }

    @Test void a_write_that_failed_is_not_logged_as_a_bug_by_anybody() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.storeBehindItsBack("till", 2, "7");
        try (LoggedBugs akkas = new LoggedBugs("akka"); LoggedBugs ours = new LoggedBugs("io.ritsem")) {
            node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
            assertThat(akkas.count()).isZero();
            assertThat(ours.count()).isZero();
        }
    }

    @Test void a_key_older_than_the_window_is_found_by_the_index() {
        Accepted first = node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k"));
        node.clock().advance(Duration.ofHours(25));
        for (int i = 0; i < 20; i++) {
            node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        }
        node.restart();

        for (int i = 0; i < 2; i++) {
            Accepted again = node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k"));
            assertThat(again.replayed()).isTrue();
            assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first);
        }
        assertThat(node.outcome(node.keyed("till", "pay", "{\"amount\":\"2\"}", "k")))
                .isEqualTo(new CommandOutcome.KeyReused());
        assertThat(node.count("till")).isEqualTo(21);
    }

    @Test void a_stale_owner_answers_as_the_other_did_what_it_would_reject_itself() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        try (TestNode other = node.another()) {
            other.accepted(other.command("till", "pay", "{\"amount\":\"6\"}"));
            Accepted first = other.accepted(other.keyed("till", "take", "{\"amount\":\"7\"}", "k"));

            Accepted again = node.accepted(node.keyed("till", "take", "{\"amount\":\"7\"}", "k"));
            assertThat(again.replayed()).isTrue();
            assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first);
        }
        assertThat(node.count("till")).isEqualTo(3);
    }

    @Test void a_key_older_than_the_window_is_found_when_its_command_would_be_rejected_now() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        Accepted first = node.accepted(node.keyed("till", "take", "{\"amount\":\"1\"}", "k"));
        node.clock().advance(Duration.ofHours(25));

        Accepted again = node.accepted(node.keyed("till", "take", "{\"amount\":\"1\"}", "k"));
        assertThat(again.replayed()).isTrue();
        assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first);
        assertThat(node.outcome(node.keyed("till", "take", "{\"amount\":\"1\"}", "other")))
                .isInstanceOf(CommandOutcome.Rejected.class);
    }

    @Test void a_key_that_was_forgotten_for_the_many_after_it_still_has_one_effect_and_one_answer() {
        Accepted paid = node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "paid"));
        Accepted taken = node.accepted(node.keyed("till", "take", "{\"amount\":\"1\"}", "taken"));
        payWithKeys(SpentKey.REMEMBERED);

        for (int start = 0; start < 2; start++) {
            isReplayed("take", "taken", taken);
            isReplayed("pay", "paid", paid);
            node.restart();
        }
        isReplayed("pay", "paid", paid);
        assertThat(node.outcome(node.keyed("till", "pay", "{\"amount\":\"2\"}", "paid")))
                .isEqualTo(new CommandOutcome.KeyReused());
        assertThat(node.count("till")).isEqualTo(2 + SpentKey.REMEMBERED);
    }

    @Test void an_entity_that_was_read_knows_the_keys_of_its_newest_events_and_asks_for_the_others() {
        Accepted first = node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "first"));
        payWithKeys(2 * KeyWindow.RECENT);
        int version = 1 + 2 * KeyWindow.RECENT;
        await().until(() -> node.newestSnapshot("till", version) > version - KeyWindow.RECENT);
        node.restart();

        assertThat(node.await(node.gateway().state(node.id("till"), node.deadline())).version()).isEqualTo(version);
        assertThat(node.keysHeld()).isEqualTo(KeyWindow.RECENT);
        isReplayed("pay", "first", first);
    }

    @Test void the_keys_of_an_entity_are_counted_once_however_often_it_is_read_anew_and_not_when_it_has_ended() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "one"));
        node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "two"));
        assertThat(node.keysHeld()).isEqualTo(2);
        node.storeBehindItsBack("till", 4, "1");
        node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "three"));
        assertThat(node.keysHeld()).isEqualTo(3);
        node.restart();
        assertThat(node.keysHeld()).isZero();
        node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "four"));
        assertThat(node.keysHeld()).isEqualTo(4);
    }

    /** So little that there is never enough to be taken. */
    private void payWithKeys(int times) {
        List<CompletionStage<CommandOutcome>> all = new ArrayList<>();
        for (int i = 1; i <= times; i++) {
            all.add(node.gateway().submit(node.keyed("till", "pay", "{\"amount\":\"0.00001\"}", "many-" + i)));
            if (i % 500 == 0 || i == times) {
                all.forEach(outcome -> assertThat(node.await(outcome)).isInstanceOf(Accepted.class));
                all.clear();
            }
        }
    }

    private void isReplayed(String command, String key, Accepted first) {
        Accepted again = node.accepted(node.keyed("till", command, "{\"amount\":\"1\"}", key));
        assertThat(again.replayed()).isTrue();
        assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first);
    }

    @Test void a_key_that_cannot_be_looked_up_before_a_refusal_means_that_nothing_was_stored() throws SQLException {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        try (Connection lock = node.lockedFromReading()) {
            assertThat(node.outcome(node.keyed("till", "take", "{\"amount\":\"7\"}", "k")))
                    .isEqualTo(new CommandOutcome.Unavailable("journal-away"));
            lock.rollback();
        }
    }

    @Test void a_dry_run_asks_the_journal_nothing() throws SQLException {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        try (Connection lock = node.lockedFromReading()) {
            assertThat(node.outcome(node.keyedDryRun("till", "take", "{\"amount\":\"7\"}", "k")))
                    .isInstanceOf(CommandOutcome.Rejected.class);
            lock.rollback();
        }
    }

    @Test void an_answer_that_cannot_be_given_again_is_logged_and_never_denied() {
        node.accepted(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k"));
        node.execute("DELETE FROM ritsem.event_journal");
        try (LoggedBugs bugs = new LoggedBugs(Gate.class)) {
            assertThat(node.outcome(node.keyed("till", "pay", "{\"amount\":\"1\"}", "k")))
                    .isEqualTo(new CommandOutcome.OutcomeUnknown());
            assertThat(bugs.count()).isEqualTo(1);
        }
    }

    @Test void a_cut_connection_costs_no_command_and_doubles_none() {
        List<CompletableFuture<CommandOutcome>> all = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 10; i++) {
                all.add(node.gateway()
                        .submit(node.command("till-" + i, "pay", "{\"amount\":\"1\"}"))
                        .toCompletableFuture());
            }
            node.cutConnections();
        }

        List<CommandOutcome> outcomes = all.stream().map(node::await).toList();

        long accepted = outcomes.stream().filter(Accepted.class::isInstance).count();
        assertThat(outcomes).allMatch(outcome -> outcome instanceof Accepted
                || outcome.equals(new CommandOutcome.Unavailable("journal-away")));
        assertThat(node.countAll()).isEqualTo(accepted);
    }

    @Test void says_so_when_the_journal_is_away_and_recovers_by_itself() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.refuseConnections();

        // the first one may have been on its way when the connection was cut
        assertThat(node.outcome(node.due("till", Duration.ofSeconds(1)))).isIn(new CommandOutcome.OutcomeUnknown(),
                new CommandOutcome.Unavailable("journal-away"));
        assertThat(node.outcome(node.command("till", "pay", "{\"amount\":\"1\"}")))
                .isEqualTo(new CommandOutcome.Unavailable("journal-away"));

        node.allowConnections();
        assertThat(node.acceptedInTime(() -> node.command("till", "pay", "{\"amount\":\"1\"}")).version()).isEqualTo(2);
    }

    @Test void an_entity_that_cannot_recover_rests_until_somebody_asks() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        String sound = "UPDATE ritsem.event_journal SET event_ser_manifest = 'till.paid/1'";
        node.execute(sound.replace("paid", "torn"));
        node.restart();
        try (LoggedBugs bugs = new LoggedBugs(Gate.class)) {
            assertThat(node.outcome(node.command("till", "pay", "{\"amount\":\"1\"}")))
                    .isInstanceOf(CommandOutcome.Failed.class);
            await().during(Duration.ofSeconds(1)).until(() -> bugs.count() == 1);
        }
        node.execute(sound);
        assertThat(node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).version()).isEqualTo(2);
    }

    @Test void an_event_that_its_record_refuses_is_told_by_its_place_and_its_name_and_why() {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        node.accepted(node.command("till", "pay", "{\"amount\":\"2\"}"));
        node.execute("UPDATE ritsem.event_journal SET event_payload = '{\"sum\":\"2\"}' WHERE sequence_number = 2");
        String what = "The event 2 of till|till cannot be read, and so neither can the entity: A stored till.paid/1 is not "
                + "what its record reads: /amount: must be there. Its record must take what is stored, or an upcaster read "
                + "it: docs/evolving-events.md [traceId %s]";
        node.restart();

        try (LoggedBugs bugs = new LoggedBugs(Gate.class)) {
            var decided = (CommandOutcome.Failed) node.outcome(node.command("till", "pay", "{\"amount\":\"1\"}"));
            var past = node.gateway()
                    .stateAt(node.id("till"), 2, node.deadline())
                    .handle((_, failure) -> failure.getCause());

            assertThat(node.await(past)).isInstanceOfSatisfying(EntityFailedException.class,
                    told -> assertThat(bugs.messages()).containsExactly(what.formatted(decided.traceId()),
                            what.formatted(told.traceId())));
        }
    }

    @Test void who_comes_later_with_an_earlier_deadline_is_told_in_time() throws SQLException {
        node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        try (Connection lock = node.lockedJournal()) {
            var writing = node.gateway().submit(node.command("till", "pay", "{\"amount\":\"1\"}"));
            await().until(() -> node.blocked() == 1);
            var patient = node.gateway().submit(node.command("till", "pay", "{\"amount\":\"1\"}"));

            assertThat(node.outcome(node.due("till", Duration.ofMillis(300))))
                    .isEqualTo(new CommandOutcome.Unavailable("deadline-passed"));

            lock.rollback();
            assertThat(node.await(writing)).isInstanceOf(Accepted.class);
            assertThat(node.await(patient)).isInstanceOf(Accepted.class);
        }
    }
}

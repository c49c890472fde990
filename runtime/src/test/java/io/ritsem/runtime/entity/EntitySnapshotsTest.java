package io.ritsem.runtime.entity;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

import akka.persistence.SnapshotMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.journal.SnapshotTable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What an entity makes of its snapshots, whatever they are: never another state than that of its events. */
class EntitySnapshotsTest {

    private static final int EVERY = 10;
    private static final int BATCH = 128;

    private TestNode node;

    @BeforeEach void start() {
        node = TestNode.onFreshDatabase();
    }

    @AfterEach void stop() {
        node.close();
    }

    @Test void a_cold_entity_reads_no_more_than_the_events_since_its_newest_snapshot() {
        pay("till", 1_000);
        await().until(() -> 1_000 - node.newestSnapshot("till", 1_000) < EVERY + BATCH);
        long from = node.newestSnapshot("till", 1_000);
        node.execute("UPDATE ritsem.event_journal SET event_payload = 'torn' WHERE sequence_number <= " + from);

        node.restart();

        assertThat(money("till")).isEqualTo("{\"money\":\"1000\"}");
    }

    @Test void one_by_one_there_is_a_snapshot_at_every_so_many_events_and_all_are_kept() {
        payOneByOne("till", 55, 10L, 20L, 30L, 40L, 50L);

        assertThat(node.snapshotSequences("till")).containsExactly(10L, 20L, 30L, 40L, 50L);
    }

    @Test void events_that_were_read_without_a_snapshot_have_one_with_the_next_that_is_stored() {
        payOneByOne("till", 35, 10L, 20L, 30L);
        node.execute("TRUNCATE ritsem.snapshot");

        node.restart();
        payOneByOne("till", 12, 36L, 46L);

        assertThat(node.snapshotSequences("till")).containsExactly(36L, 46L);
    }

    @Test void who_was_recovered_from_a_snapshot_alone_knows_the_place_of_its_last_event() {
        for (int i = 1; i < EVERY; i++) {
            node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}"));
        }
        var last = node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).token();
        await().until(() -> node.snapshots("till") == 1);
        node.execute("UPDATE ritsem.event_journal SET event_payload = 'torn'");

        node.restart();

        assertThat(node.await(node.gateway().state(node.id("till"), node.deadline())).token()).isEqualTo(last);
    }

    @ParameterizedTest @ValueSource(strings = {"snapshot_payload = '\\x00ff7b'", "snapshot_payload = ''",
        "snapshot_payload = '[1]'", "snapshot_payload = '{\"money\":{}}'",
        "snapshot_payload = '{\"money\":\"99\"}', snapshot_ser_id = 1",
        "snapshot_ser_manifest = ''",
        "snapshot_payload = '{\"money\":\"99\"}', snapshot_ser_manifest = 'till/another-shape'"}) void a_snapshot_that_cannot_be_read_is_ignored_and_counted_and_told_once(
                String damage) {
        payOneByOne("till", 35, 10L, 20L, 30L);
        node.execute("UPDATE ritsem.snapshot SET " + damage);
        node.restart();

        try (LoggedBugs told = LoggedBugs.warnings(EntitySnapshots.class)) {
            assertThat(money("till")).isEqualTo("{\"money\":\"35\"}");
            long ignored = node.entitySnapshots().ignored();
            assertThat(ignored).isPositive();
            assertThat(told.count()).isEqualTo(1);
            assertThat(told.first()).contains("till|till");

            assertThat(node.await(node.gateway().stateAt(node.id("till"), 35, node.deadline())).state()).asString()
                    .isEqualTo("{\"money\":\"35\"}");
            assertThat(node.entitySnapshots().ignored()).isGreaterThan(ignored);
            assertThat(told.count()).isEqualTo(1);
        }
        assertThat(node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).version()).isEqualTo(36);
    }

    @Test void with_the_newest_damaged_the_one_before_is_taken() {
        payOneByOne("till", 45, 10L, 20L, 30L, 40L);
        node.execute("UPDATE ritsem.snapshot SET snapshot_payload = 'torn' WHERE sequence_number >= 30");
        node.execute("UPDATE ritsem.event_journal SET event_payload = 'torn' WHERE sequence_number <= 20");
        node.restart();

        try (LoggedBugs told = LoggedBugs.warnings(EntitySnapshots.class)) {
            assertThat(money("till")).isEqualTo("{\"money\":\"45\"}");
            assertThat(told.count()).isEqualTo(1);
        }
        assertThat(node.entitySnapshots().ignored()).isEqualTo(2);
    }

    @Test void a_state_whose_record_has_changed_between_two_starts_is_folded_anew() {
        payOneByOne("till", 35, 10L, 20L, 30L);

        node.restart(new CountingTill.Shop());

        try (LoggedBugs told = LoggedBugs.warnings(EntitySnapshots.class)) {
            assertThat(money("till")).isEqualTo("{\"money\":\"35\",\"payments\":35}");
            assertThat(told.count()).isEqualTo(1);
        }
        payOneByOne("till", 10, 36L);
        node.execute("UPDATE ritsem.event_journal SET event_payload = 'torn' WHERE sequence_number <= 36");
        node.restart(new CountingTill.Shop());
        assertThat(money("till")).isEqualTo("{\"money\":\"45\",\"payments\":45}");
        assertThat(node.entitySnapshots().ignored()).isZero();
    }

    @Test void a_snapshot_that_cannot_be_written_hurts_nobody() {
        node.execute("ALTER TABLE ritsem.snapshot ADD CONSTRAINT full_disk CHECK (sequence_number < 0)");
        try (LoggedBugs told = LoggedBugs.warnings(EntitySnapshots.class)) {
            pay("till", 300);
            pay("other", 300);

            await().until(() -> node.entitySnapshots().unwritten() >= 4);
            assertThat(told.count()).isEqualTo(1);
        }
        node.restart();

        assertThat(money("till")).isEqualTo("{\"money\":\"300\"}");
        node.execute("ALTER TABLE ritsem.snapshot DROP CONSTRAINT full_disk");
        pay("till", 20);
        await().until(() -> node.snapshots("till") > 0);
    }

    @Test void nobody_waits_for_a_snapshot_to_be_written() throws SQLException {
        try (Connection lock = node.locked("snapshot", "EXCLUSIVE")) {
            for (int i = 1; i <= 3 * EVERY; i++) {
                assertThat(node.accepted(node.command("till", "pay", "{\"amount\":\"1\"}")).version()).isEqualTo(i);
            }
            assertThat(node.snapshots("till")).isZero();
            lock.rollback();
        }
        await().until(() -> node.snapshotSequences("till").equals(List.of(10L, 20L, 30L)));
    }

    @Test void one_that_comes_when_the_node_stops_is_counted_and_told_as_that() {
        EntitySnapshotDao old = node.snapshotDao();
        EntitySnapshots ofOld = node.entitySnapshots();
        node.restart();

        try (LoggedBugs told = LoggedBugs.warnings(EntitySnapshots.class)) {
            assertThat(
                    old.save(SnapshotMetadata.apply("till|late", 10, 0), new Till.State(BigDecimal.ONE)).isCompleted())
                    .isTrue();
            assertThat(told.messages())
                    .containsExactly("A snapshot of till|late was not written: the node is stopping");
        }
        assertThat(ofOld.unwritten()).isEqualTo(1);
    }

    @Test void one_that_an_error_keeps_from_being_written_is_counted_and_told() {
        EntitySnapshots snapshots = new EntitySnapshots(ApplicationModel.of(new Till.Shop()),
                new SnapshotTable(thatLacksAClass()));
        try (LoggedBugs told = LoggedBugs.warnings(EntitySnapshots.class)) {
            snapshots.store(node.id("till"), 10, new Till.State(BigDecimal.ONE));

            assertThat(told.messages()).containsExactly(
                    "A snapshot of till|till was not written: java.lang.LinkageError: a class is missing");
        }
        assertThat(snapshots.unwritten()).isEqualTo(1);
    }

    private static DataSource thatLacksAClass() {
        return (DataSource) Proxy.newProxyInstance(EntitySnapshotsTest.class.getClassLoader(),
                new Class<?>[]{DataSource.class}, (_, _, _) -> {
                    throw new LinkageError("a class is missing");
                });
    }

    @Test void while_the_snapshots_cannot_be_read_no_life_is_replayed_instead() throws SQLException {
        pay("till", 35);
        await().until(() -> node.snapshots("till") > 0);
        node.restart();
        try (Connection lock = node.locked("snapshot", "ACCESS EXCLUSIVE")) {
            assertThat(node.outcome(node.command("till", "pay", "{\"amount\":\"1\"}")))
                    .isEqualTo(new CommandOutcome.Unavailable("journal-away"));
            lock.rollback();
        }
        assertThat(node.acceptedInTime(() -> node.command("till", "pay", "{\"amount\":\"1\"}")).version())
                .isEqualTo(36);
    }

    /** These snapshots are there then. */
    private void payOneByOne(String till, int times, Long... snapshots) {
        for (int i = 0; i < times; i++) {
            node.accepted(node.command(till, "pay", "{\"amount\":\"1\"}"));
        }
        await().until(() -> node.snapshotSequences(till).containsAll(List.of(snapshots)));
    }

    private void pay(String till, int times) {
        List<CompletionStage<CommandOutcome>> all = new ArrayList<>();
        for (int i = 1; i <= times; i++) {
            all.add(node.gateway().submit(node.command(till, "pay", "{\"amount\":\"1\"}")));
            if (i % 100 == 0 || i == times) {
                all.forEach(outcome -> assertThat(node.await(outcome)).isInstanceOf(CommandOutcome.Accepted.class));
                all.clear();
            }
        }
    }

    private String money(String till) {
        return new String(node.await(node.gateway().state(node.id(till), node.deadline())).state(),
                java.nio.charset.StandardCharsets.UTF_8);
    }
}

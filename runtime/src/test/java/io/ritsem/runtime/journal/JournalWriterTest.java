package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import akka.persistence.PersistentRepr;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.runtime.journal.JournalWriteException.Conflict;
import io.ritsem.runtime.journal.JournalWriteException.KeyConflict;
import io.ritsem.runtime.journal.JournalWriteException.OutcomeUnknown;
import io.ritsem.runtime.journal.JournalWriteException.Refused;
import io.ritsem.runtime.journal.JournalWriteException.Unavailable;

import static io.ritsem.runtime.journal.TestJournal.event;
import static io.ritsem.runtime.journal.TestJournal.failure;
import static io.ritsem.runtime.journal.TestJournal.metadata;
import static io.ritsem.runtime.journal.TestJournal.withKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournalWriterTest {

    private final TestJournal journal = TestJournal.onFreshDatabase();

    @AfterEach void clear() throws SQLException {
        journal.clear();
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void stores_all_events_exactly_once_and_tells_each_its_transaction() throws SQLException {
        JournalLane lane = journal.lane();
        List<PersistentRepr> rows = new ArrayList<>();
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int entity = 0; entity < 200; entity++) {
            List<PersistentRepr> events = List.of(event("till|" + entity, 1), event("till|" + entity, 2));
            rows.addAll(events);
            writes.add(lane.write(events));
        }

        assertThat(writes).allSatisfy(write -> assertThat(failure(write)).isNull());
        assertThat(journal.count()).isEqualTo(400);
        for (PersistentRepr row : rows) {
            assertThat(journal
                    .number("""
                            SELECT transaction_id::text::bigint FROM ritsem.event_journal
                            WHERE persistence_id = '%s' AND sequence_number = %d""".formatted(row.persistenceId(),
                            row.sequenceNr())))
                    .isEqualTo(((EventEnvelope) row.payload()).transactionId())
                    .isPositive();
        }
    }

    @Test void a_conflict_fails_its_own_write_and_no_other_of_the_batch() throws SQLException {
        JournalLane lane = journal.lane();
        assertThat(failure(lane.write(List.of(event("till|123", 1))))).isNull();

        List<CompletableFuture<Void>> writes = inOneBatch(lane,
                IntStream.range(0, 300).mapToObj(i -> List.of(event("till|" + i, 1))).toList());

        for (int i = 0; i < 300; i++) {
            if (i == 123) {
                assertThat(failure(writes.get(i))).isInstanceOf(Conflict.class).hasMessageContaining("till|123 1");
            } else {
                assertThat(failure(writes.get(i))).isNull();
            }
        }
        assertThat(journal.count()).isEqualTo(301);
    }

    @Test void of_two_writers_of_one_sequence_in_one_batch_exactly_one_wins() throws SQLException {
        List<CompletableFuture<Void>> writes = inOneBatch(journal.lane(),
                List.of(List.of(event("till|a", 1)), List.of(event("till|b", 1)), List.of(event("till|a", 1))));

        assertThat(failure(writes.get(0))).isNull();
        assertThat(failure(writes.get(1))).isNull();
        assertThat(failure(writes.get(2))).isInstanceOf(Conflict.class);
    }

    @Test void the_events_of_one_write_are_stored_all_or_none() throws SQLException {
        JournalLane lane = journal.lane();
        assertThat(failure(lane.write(List.of(event("till|a", 3))))).isNull();

        assertThat(failure(lane.write(List.of(event("till|a", 1), event("till|a", 2), event("till|a", 3)))))
                .isInstanceOf(Conflict.class);
        assertThat(journal.count()).isEqualTo(1);
    }

    @Test void a_spent_key_is_told_apart_from_a_conflict() {
        JournalLane lane = journal.lane();
        assertThat(failure(lane.write(List.of(event("till|a", 1, withKey("k")))))).isNull();
        assertThat(failure(lane.write(List.of(event("till|a", 2, withKey("k")))))).isInstanceOf(KeyConflict.class);
        assertThat(failure(lane.write(List.of(event("till|b", 1, withKey("k")))))).isNull();
    }

    @Test void what_postgresql_cannot_hold_is_refused_and_harms_no_other() throws SQLException {
        List<CompletableFuture<Void>> writes = inOneBatch(journal.lane(), List.of(List.of(event("till|a", 1)),
                List.of(event("till|b", 1, metadata("nul\0", null))), List.of(event("till|c", 1))));

        assertThat(failure(writes.get(0))).isNull();
        assertThat(failure(writes.get(1))).isInstanceOf(Refused.class);
        assertThat(failure(writes.get(2))).isNull();
        assertThat(journal.count()).isEqualTo(1 + 2);
    }

    @Test void a_full_queue_refuses_and_stores_nothing_of_what_it_refused() throws SQLException {
        JournalLane lane = journal.lane(new JournalSettings(1, 5, 400, Duration.ofSeconds(20)));
        List<CompletableFuture<Void>> writes = inOneBatch(lane,
                IntStream.range(0, 20).mapToObj(i -> List.of(event("till|" + i, 1))).toList());

        assertThat(writes.subList(0, 5)).allSatisfy(write -> assertThat(failure(write)).isNull());
        assertThat(writes.subList(5, 20)).allSatisfy(
                write -> assertThat(failure(write)).isInstanceOf(Unavailable.class).hasMessageContaining("is full"));
        assertThat(journal.count()).isEqualTo(1 + 5);
    }

    @Test void large_events_make_small_batches() throws SQLException {
        List<PersistentRepr> large = IntStream.range(0, 4).mapToObj(i -> event("till|" + i, 1, 5 << 20)).toList();
        List<CompletableFuture<Void>> writes = inOneBatch(journal.lane(), large.stream().map(List::of).toList());

        assertThat(writes).allSatisfy(write -> assertThat(failure(write)).isNull());
        assertThat(large.stream().map(row -> ((EventEnvelope) row.payload()).transactionId()).distinct()).hasSize(2);
    }

    @Test void a_write_that_waited_too_long_is_refused_instead_of_stored() throws SQLException {
        Duration longest = Duration.ofMillis(300);
        JournalLane lane = journal.lane(new JournalSettings(1, 100, 400, longest));
        CompletableFuture<Void> late;
        try (Connection lock = lockedJournal()) {
            await().until(() -> {
                var _ = lane.write(List.of(event("till|in-the-way", 1)));
                return journal.blocked() == 1;
            });
            long since = System.nanoTime();
            late = lane.write(List.of(event("till|late", 1)));
            await().until(() -> System.nanoTime() - since > longest.toNanos());
            lock.rollback();
        }
        assertThat(failure(late)).isInstanceOf(Unavailable.class).hasMessageContaining("waited");
        assertThat(journal.number("SELECT count(*) FROM ritsem.event_journal WHERE persistence_id = 'till|late'"))
                .isZero();
    }

    @Test void a_killed_connection_leaves_the_outcome_unknown_and_the_next_write_succeeds() throws SQLException {
        JournalLane lane = journal.lane();
        CompletableFuture<Void> killed;
        try (Connection lock = lockedJournal()) {
            killed = lane.write(List.of(event("till|a", 1)));
            await().until(() -> journal.blocked() == 1);
            journal.execute("""
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND wait_event_type = 'Lock'""");
            assertThat(failure(killed)).isInstanceOf(OutcomeUnknown.class);
            lock.rollback();
        }
        assertThat(failure(lane.write(List.of(event("till|a", 1))))).isNull();
        assertThat(journal.count()).isEqualTo(1);
    }

    @Test void a_statement_that_the_server_gave_up_has_stored_nothing() throws SQLException {
        try (Database impatient = Database.open(
                TestJournal.settings(journal.url() + "&options=-c%20statement_timeout%3D100"));
                Connection lock = lockedJournal()) {
            JournalLane lane = journal.lane(new JournalSettings(1, 10, 10, Duration.ofSeconds(20)), impatient);
            assertThat(failure(lane.write(List.of(event("till|a", 1))))).isInstanceOf(Unavailable.class);
            lock.rollback();
            assertThat(journal.count()).isZero();
            assertThat(failure(lane.write(List.of(event("till|a", 1))))).isNull();
        }
    }

    @Test void a_row_that_another_transaction_holds_fails_its_own_write_and_no_other() throws SQLException {
        try (Database impatient = impatientWithLocks(); Connection other = journal.connect()) {
            JournalLane lane = journal.lane(new JournalSettings(1, 100, 400, Duration.ofSeconds(20)), impatient);
            other.setAutoCommit(false);
            TestJournal.insertByHand(other, "till|7");
            List<CompletableFuture<Void>> writes = IntStream.range(0, 50)
                    .mapToObj(i -> lane.write(List.of(event("till|" + i, 1))))
                    .toList();

            assertThat(failure(writes.get(7))).isInstanceOf(Unavailable.class);
            assertThat(writes.stream().filter(write -> failure(write) == null)).hasSize(49);
            other.rollback();
            assertThat(failure(lane.write(List.of(event("till|7", 1))))).isNull();
            assertThat(journal.count()).isEqualTo(50);
        }
    }

    @Test void what_waits_too_long_while_the_guilty_row_of_its_batch_is_sought_is_refused_too() throws SQLException {
        Duration longest = Duration.ofMillis(50);
        try (Database impatient = impatientWithLocks(); Connection other = journal.connect()) {
            JournalLane lane = journal.lane(new JournalSettings(1, 100, 400, longest), impatient);
            other.setAutoCommit(false);
            TestJournal.insertByHand(other, "till|7");
            List<CompletableFuture<Void>> writes = IntStream.range(0, 50)
                    .mapToObj(i -> lane.write(List.of(event("till|" + i, 1))))
                    .toList();

            assertThat(failure(writes.getLast())).isInstanceOf(Unavailable.class).hasMessageContaining("waited");
            assertThat(journal.number("SELECT count(*) FROM ritsem.event_journal WHERE persistence_id = 'till|49'"))
                    .isZero();
            other.rollback();
        }
    }

    @Test void while_the_whole_table_is_locked_all_writes_are_refused_before_long() throws SQLException {
        try (Database impatient = impatientWithLocks()) {
            JournalLane lane = journal.lane(new JournalSettings(1, 100, 400, Duration.ofSeconds(20)), impatient);
            List<CompletableFuture<Void>> writes;
            try (Connection lock = lockedJournal()) {
                writes = IntStream.range(0, 100).mapToObj(i -> lane.write(List.of(event("till|" + i, 1)))).toList();
                assertThat(writes).allSatisfy(write -> assertThat(failure(write)).isInstanceOf(Unavailable.class));
                lock.rollback();
            }
            assertThat(journal.count()).isZero();
            assertThat(failure(lane.write(List.of(event("till|1", 1))))).isNull();
        }
    }

    @Test void a_session_that_the_server_ended_leaves_the_outcome_unknown_whatever_the_state_says()
            throws SQLException {
        try (Database shortLived = Database.open(
                TestJournal.settings(journal.url() + "&options=-c%20transaction_timeout%3D300"));
                Connection lock = lockedJournal()) {
            JournalLane lane = journal.lane(new JournalSettings(1, 10, 10, Duration.ofSeconds(20)), shortLived);
            assertThat(failure(lane.write(List.of(event("till|a", 1))))).isInstanceOf(OutcomeUnknown.class)
                    .hasStackTraceContaining("FATAL");
            lock.rollback();
        }
    }

    @Test void after_a_part_that_took_too_long_the_rest_of_its_batch_is_refused_unsent() throws SQLException {
        journal.execute(
                """
                CREATE FUNCTION ritsem.be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(9); RETURN NULL; END';
                CREATE TRIGGER slow AFTER INSERT ON ritsem.event_journal FOR EACH ROW
                WHEN (NEW.persistence_id = 'till|slow') EXECUTE FUNCTION ritsem.be_slow()""");
        try (Database impatient = Database.open(
                TestJournal.settings(journal.url() + "&options=-c%20statement_timeout%3D1000"))) {
            JournalLane lane = journal.lane(new JournalSettings(1, 10, 10, Duration.ofSeconds(20)), impatient);
            List<CompletableFuture<Void>> writes = inOneBatch(lane, List.of(List.of(event("till|first", 1)),
                    List.of(event("till|slow", 1)), List.of(event("till|b", 1)), List.of(event("till|c", 1))));

            assertThat(failure(writes.get(0))).isInstanceOf(Conflict.class);
            assertThat(writes.subList(1, 4))
                    .allSatisfy(write -> assertThat(failure(write)).isInstanceOf(Unavailable.class));
            assertThat(journal.count()).isEqualTo(1);
        } finally {
            journal.execute("DROP FUNCTION ritsem.be_slow CASCADE");
        }
    }

    @Test void an_impatient_connection_never_goes_back_to_the_pool() throws SQLException {
        try (Database shortOfTime = Database.open(
                TestJournal.settings(journal.url() + "&options=-c%20statement_timeout%3D30"))) {
            JournalTable table = new JournalTable(shortOfTime.dataSource(), journal.info(), WriteFence.NONE);
            try (Connection lock = lockedJournal()) {
                assertThatThrownBy(() -> table.insertUnlessLocked(List.of(event("till|a", 1))))
                        .hasMessageContaining("statement timeout");
                lock.rollback();
            }
            List<String> settings = new ArrayList<>();
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < TestJournal.POOL; i++) {
                Connection connection = shortOfTime.dataSource().getConnection();
                all.add(connection);
                try (var statement = connection.createStatement();
                        var row = statement.executeQuery("SHOW lock_timeout")) {
                    row.next();
                    settings.add(row.getString(1));
                }
            }
            for (Connection connection : all) {
                connection.close();
            }
            assertThat(settings).hasSize(TestJournal.POOL).containsOnly("2s");
        }
    }

    private Database impatientWithLocks() {
        return Database.open(TestJournal.settings(journal.url() + "&options=-c%20lock_timeout%3D200"));
    }

    @Test void while_the_database_is_away_all_writes_are_refused_and_later_ones_succeed() throws SQLException {
        JournalLane lane = journal.lane();
        journal.cutOff();
        await().until(() -> failure(lane.write(List.of(event("till|probe", 1)))) instanceof Unavailable);

        List<CompletableFuture<Void>> writes = IntStream.range(0, 100)
                .mapToObj(i -> lane.write(List.of(event("till|" + i, 1))))
                .toList();

        assertThat(writes).allSatisfy(write -> assertThat(failure(write)).isInstanceOf(Unavailable.class)
                .hasMessageContaining("No connection to the journal"));
        journal.letIn();
        await().until(() -> failure(lane.write(List.of(event("till|back", 1)))) == null);
        assertThat(journal.count()).isEqualTo(1);
    }

    @Test void readers_who_hold_all_other_connections_keep_no_write_waiting() throws SQLException {
        JournalLane lane = journal.lane();
        assertThat(failure(lane.write(List.of(event("till|a", 1))))).isNull();
        List<CompletableFuture<Connection>> readers = IntStream.range(0, TestJournal.POOL)
                .mapToObj(_ -> CompletableFuture.supplyAsync(journal::borrow))
                .toList();
        await().until(() -> readers.stream().filter(CompletableFuture::isDone).count() >= TestJournal.POOL - 1);

        assertThat(failure(lane.write(List.of(event("till|a", 2))))).isNull();

        for (CompletableFuture<Connection> reader : readers) {
            if (failure(reader) == null) {
                reader.resultNow().close();
            }
        }
    }

    @Test void a_lane_without_writers_refuses() {
        JournalLane lane = journal.lane();
        assertThat(failure(lane.write(List.of(event("till|a", 1))))).isNull();
        journal.stopWriters();
        assertThat(failure(lane.write(List.of(event("till|a", 2))))).isInstanceOf(Unavailable.class);
    }

    private Connection lockedJournal() throws SQLException {
        Connection lock = journal.connect();
        lock.setAutoCommit(false);
        try (var statement = lock.createStatement()) {
            statement.execute("LOCK TABLE ritsem.event_journal IN ACCESS EXCLUSIVE MODE");
        }
        return lock;
    }

    /** Holds the writer up with a first write until all of these wait behind it, so that they become one batch. */
    private List<CompletableFuture<Void>> inOneBatch(JournalLane lane, List<List<PersistentRepr>> writes)
            throws SQLException {
        List<CompletableFuture<Void>> results;
        try (Connection lock = lockedJournal()) {
            CompletableFuture<Void> first = lane.write(List.of(event("till|first", 1)));
            await().until(() -> journal.blocked() == 1);
            results = writes.stream().map(lane::write).toList();
            lock.rollback();
            assertThat(failure(first)).isNull();
        }
        return results;
    }
}

package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;

import static io.ritsem.projections.query.TestView.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Waiting for a view that another node moves. */
class ViewFreshnessTest {

    private TestView view;

    @BeforeEach void open() throws SQLException {
        view = new TestView();
    }

    @AfterEach void close() {
        view.close();
    }

    @Test void a_generation_that_was_dropped_a_moment_ago_is_no_bug() throws SQLException {
        view.execute("drop table " + view.table());
        assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a", LONG)).isInstanceOfSatisfying(
                UnavailableException.class,
                unavailable -> assertThat(unavailable.reason()).isEqualTo("view-busy"));
    }

    @Test void a_view_that_is_not_built_yet_cannot_be_read_in_any_way() {
        List<ThrowingCallable> reads = List.of(() -> view.reader.row(TestView.UNBUILT, "a", LONG),
                () -> view.reader.freshness(TestView.UNBUILT, LONG),
                () -> view.reader.live(TestView.UNBUILT, List.of(), LONG));
        assertThat(reads).allSatisfy(read -> assertThatThrownBy(read).isInstanceOf(UnavailableException.class)
                .hasMessage("view-building"));
    }

    @Test void waits_until_the_cursor_has_passed_the_token() throws Exception {
        recordEvent("account|a", 2, 700);
        ConsistencyToken token = ConsistencyToken.of(1, 2, 700);
        assertThat(view.reader.await(TestView.NAME, token, Duration.ZERO)).isFalse();
        CompletableFuture<Boolean> waiting = CompletableFuture
                .supplyAsync(() -> view.reader.await(TestView.NAME, token, LONG));
        moveCursor(2, 699, Long.MAX_VALUE);
        assertThat(view.reader.await(TestView.NAME, token, Duration.ZERO)).isFalse();
        moveCursor(2, 700, Long.MAX_VALUE);
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(view.reader.freshness(TestView.NAME, LONG).token().seen())
                .isEqualTo(Map.of(0, 0L, 1, 0L, 2, 700L, 3, 0L));
    }

    @Test void has_passed_a_token_when_nothing_that_it_reads_lies_between() throws SQLException {
        recordEvent("order|a", 1, 700);
        assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 1, 700), Duration.ZERO)).isTrue();
        recordEvent("account|a", 1, 701);
        assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 1, 701), Duration.ZERO)).isFalse();
    }

    @Test void every_partition_of_a_token_counts() throws SQLException {
        recordEvent("account|a", 1, 700);
        recordEvent("account|b", 2, 701);
        ConsistencyToken both = new ConsistencyToken(1, Map.of(1, 700L, 2, 701L));
        moveCursor(1, 800, Long.MAX_VALUE);
        assertThat(view.reader.await(TestView.NAME, both, Duration.ZERO)).isFalse();
        moveCursor(2, 800, Long.MAX_VALUE);
        assertThat(view.reader.await(TestView.NAME, both, Duration.ZERO)).isTrue();
    }

    @Test void of_many_who_wait_for_a_late_view_one_at_a_time_asks_the_database() throws Exception {
        recordEvent("account|a", 2, 700);
        List<CompletableFuture<Boolean>> waiting;
        try (Connection lock = locked("ritsem.event_journal")) {
            waiting = IntStream.range(0, 20)
                    .mapToObj(_ -> later(() -> awaits(ConsistencyToken.of(1, 2, 700))))
                    .toList();
            await().until(() -> blockedBy(lock) == 1);
            await().during(Duration.ofMillis(500)).until(() -> blockedBy(lock) == 1);
            lock.rollback();
        }
        moveCursor(2, 700, Long.MAX_VALUE);
        for (CompletableFuture<Boolean> reader : waiting) {
            assertThat(reader.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test void many_who_wait_for_a_late_view_share_what_one_of_them_finds() throws Exception {
        int readers = 300;
        for (int i = 0; i < readers; i++) {
            recordEvent("account|a", 2, 700 + i);
        }
        List<CompletableFuture<Boolean>> waiting = IntStream.range(0, readers)
                .mapToObj(i -> later(() -> view.reader.await(TestView.NAME, ConsistencyToken.of(1, 2, 700 + i),
                        Duration.ofSeconds(2))))
                .toList();
        moveCursor(2, 700 + readers / 2 - 1, Long.MAX_VALUE);
        for (int i = 0; i < readers; i++) {
            assertThat(waiting.get(i).get(20, TimeUnit.SECONDS)).as("reader %d", i).isEqualTo(i < readers / 2);
        }
        // Each on its own would have asked for the cursors and for events a dozen times.
        assertThat(view.looks).hasValueLessThan(3 * readers);
    }

    @Test void all_partitions_of_a_token_are_asked_about_at_once() throws SQLException {
        int before = view.looks.get();
        assertThat(view.reader.await(TestView.NAME, ofAllPartitions(), Duration.ZERO)).isTrue();
        assertThat(view.looks).as("cursors, events").hasValue(before + 2);
        recordEvent("account|a", 3, 700);
        assertThat(view.reader.await(TestView.NAME, ofAllPartitions(), Duration.ZERO)).isFalse();
    }

    @Test void however_many_ask_at_once_the_database_is_asked_every_10_ms_at_most() throws Exception {
        recordEvent("account|a", 3, 700);
        long started = System.nanoTime();
        List<CompletableFuture<Boolean>> asking = IntStream.range(0, 300)
                .mapToObj(_ -> later(() -> view.reader.await(TestView.NAME, ofAllPartitions(), Duration.ZERO)))
                .toList();
        for (CompletableFuture<Boolean> reader : asking) {
            assertThat(reader.get(20, TimeUnit.SECONDS)).isFalse();
        }
        long questions = 1 + Duration.ofNanos(System.nanoTime() - started).toMillis() / 10;
        assertThat((long) view.looks.get()).as("cursors, events").isLessThanOrEqualTo(2 * questions);
    }

    private static ConsistencyToken ofAllPartitions() {
        return new ConsistencyToken(1, Map.of(0, 700L, 1, 700L, 2, 700L, 3, 700L));
    }

    @Test void is_not_held_back_by_events_behind_its_own_token() throws SQLException {
        recordEvent("order|a", 1, 700);
        recordEvent("account|a", 1, 701);
        assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 1, 701), Duration.ZERO)).isFalse();
        assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 1, 700), Duration.ZERO)).isTrue();
        moveCursor(1, 701, Long.MAX_VALUE);
        assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 1, 701), Duration.ZERO)).isTrue();
    }

    @Test void refuses_more_readers_than_it_has_connections_and_leaves_some_to_others() throws Exception {
        List<CompletableFuture<@Nullable ViewRow>> reading;
        try (Connection lock = locked(view.table())) {
            reading = IntStream.range(0, 4 * TestView.READERS).mapToObj(_ -> later(() -> row("a"))).toList();
            await().until(() -> blockedBy(lock) == TestView.READERS);
            assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 2, 700), Duration.ZERO)).isTrue();
            // Each waits for the lock for 2 s and others wait for its place, so for 4 s there is none for who cannot wait.
            assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a", Duration.ZERO)).isInstanceOfSatisfying(
                    UnavailableException.class,
                    unavailable -> assertThat(unavailable.reason()).isEqualTo("overloaded"));
            assertThat(blockedBy(lock)).isLessThanOrEqualTo(TestView.READERS);
            lock.rollback();
        }
        for (CompletableFuture<@Nullable ViewRow> reader : reading) {
            assertThat(reader.handle((_, _) -> true).get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(row("a")).isNull();
    }

    @Test void waits_for_no_connection_of_those_who_move_views() throws Exception {
        try (Connection lock = locked("ritsem.dead_letter")) {
            List<CompletableFuture<?>> moving = IntStream.range(0, TestView.MOVERS)
                    .<CompletableFuture<?>>mapToObj(_ -> later(this::parked))
                    .toList();
            await().until(() -> blockedBy(lock) == TestView.MOVERS);
            assertThat(view.reader.freshness(TestView.NAME, LONG).unplaced()).isZero();
            assertThat(view.reader.await(TestView.NAME, ConsistencyToken.of(1, 0, 1), Duration.ZERO)).isTrue();
            assertThat(blockedBy(lock)).isEqualTo(TestView.MOVERS);
            lock.rollback();
            for (CompletableFuture<?> mover : moving) {
                var _ = mover.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test void refuses_a_token_of_another_epoch() {
        assertThatThrownBy(() -> view.reader.await(TestView.NAME, ConsistencyToken.of(2, 0, 1), LONG))
                .isInstanceOf(TokenOfAnotherEpochException.class);
    }

    @Test void is_unavailable_while_the_database_is_away() {
        view.close();
        ViewQuery all = new ViewQuery(List.of(), List.of(), 1, null, false);
        assertThatThrownBy(() -> view.reader.query(TestView.NAME, all, LONG)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a", LONG)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> view.reader.freshness(TestView.NAME, LONG)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> view.reader.await(TestView.NAME, ConsistencyToken.of(1, 0, 1), LONG))
                .isInstanceOf(UnavailableException.class);
    }

    private boolean awaits(ConsistencyToken token) {
        return view.reader.await(TestView.NAME, token, LONG);
    }

    private Set<ParkedKey> parked() {
        try {
            return view.store.parked(view.served.table());
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private @Nullable ViewRow row(String key) {
        return view.reader.row(TestView.NAME, key, LONG);
    }

    private static <T extends @Nullable Object> CompletableFuture<T> later(Supplier<T> reading) {
        return CompletableFuture.supplyAsync(reading, command -> Thread.ofVirtual().start(command));
    }

    private Connection locked(String table) throws SQLException {
        Connection lock = view.database.dataSource().getConnection();
        lock.setAutoCommit(false);
        try (Statement statement = lock.createStatement()) {
            statement.execute("lock table " + table + " in access exclusive mode");
        }
        return lock;
    }

    private static int blockedBy(Connection lock) throws SQLException {
        try (Statement statement = lock.createStatement();
                ResultSet count = statement
                        .executeQuery("select count(*) from pg_locks where not granted and database = "
                                + "(select oid from pg_database where datname = current_database())")) {
            count.next();
            return count.getInt(1);
        }
    }

    private void recordEvent(String persistenceId, int partition, long transactionId) throws SQLException {
        view.execute(
                """
                insert into ritsem.event_journal (persistence_id, sequence_number, writer, write_timestamp,
                    adapter_manifest, event_payload, event_ser_id, event_ser_manifest, partition, transaction_id,
                    event_time, causation)
                values ('%s', %d, 'test', 0, '', '{}', 0, 'account.opened/1', %d, '%d', now(), gen_random_uuid())"""
                        .formatted(persistenceId, transactionId, partition, transactionId));
    }

    private void moveCursor(int partition, long transactionId, long ordering) throws SQLException {
        view.execute("update ritsem.view_cursor set transaction_id = %d, ordering = %d where partition = %d"
                .formatted(transactionId, ordering, partition));
    }
}

package io.ritsem.projections.query;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Waiting for a view that another node moves. */
class ViewFreshnessTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private TestView view;

    @BeforeEach void open() throws SQLException {
        view = new TestView();
    }

    @AfterEach void close() {
        view.close();
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
        assertThat(view.reader.freshness(TestView.NAME).token().seen()).isEqualTo(Map.of(0, 0L, 1, 0L, 2, 700L, 3, 0L));
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

    @Test void refuses_a_token_of_another_epoch() {
        assertThatThrownBy(() -> view.reader.await(TestView.NAME, ConsistencyToken.of(2, 0, 1), LONG))
                .isInstanceOf(TokenOfAnotherEpochException.class);
    }

    @Test void is_unavailable_while_the_database_is_away() {
        view.close();
        ViewQuery all = new ViewQuery(List.of(), List.of(), 1, null, false);
        assertThatThrownBy(() -> view.reader.query(TestView.NAME, all)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a")).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> view.reader.freshness(TestView.NAME)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> view.reader.await(TestView.NAME, ConsistencyToken.of(1, 0, 1), LONG))
                .isInstanceOf(UnavailableException.class);
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

package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static io.ritsem.runtime.journal.TestJournal.event;
import static io.ritsem.runtime.journal.TestJournal.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Who writes which lane. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournalWritersTest {

    private final TestJournal journal = TestJournal.onFreshDatabase();

    @AfterEach void clear() throws SQLException {
        journal.clear();
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void a_lane_that_is_held_up_holds_up_no_other() throws SQLException {
        JournalWriters writers = writers(3);
        JournalLane held = writers.lane();
        JournalLane alsoHeld = writers.lane();
        JournalLane free = writers.lane();
        for (int round = 1; round <= 3; round++) {
            try (Connection other = journal.connect()) {
                other.setAutoCommit(false);
                TestJournal.insertByHand(other, "till|one-" + round);
                TestJournal.insertByHand(other, "till|two-" + round);
                CompletableFuture<Void> one = held.write(List.of(event("till|one-" + round, 1)));
                await().until(() -> journal.blocked() == 1);
                CompletableFuture<Void> two = alsoHeld.write(List.of(event("till|two-" + round, 1)));
                await().until(() -> journal.blocked() == 2);

                assertThat(failure(free.write(List.of(event("till|free-" + round, 1))))).isNull();
                assertThat(one).isNotDone();
                assertThat(two).isNotDone();
                assertThat(journal.blocked()).isEqualTo(2);
                other.rollback();
                assertThat(failure(one)).isNull();
                assertThat(failure(two)).isNull();
            }
        }
        assertThat(journal.count()).isEqualTo(9);
    }

    @Test void what_comes_while_all_writers_rest_is_written_in_whatever_lane_it_comes() throws SQLException {
        JournalWriters writers = writers(4);
        List<JournalLane> lanes = List.of(writers.lane(), writers.lane(), writers.lane(), writers.lane());
        for (int i = 0; i < 200; i++) {
            assertThat(failure(lanes.get(i % 4).write(List.of(event("till|" + i, 1))))).isNull();
        }
        assertThat(journal.count()).isEqualTo(200);
    }

    @Test void nobody_is_left_without_an_answer_when_they_stop() throws SQLException {
        JournalWriters writers = writers(2);
        JournalLane held = writers.lane();
        JournalLane free = writers.lane();
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        try (Connection other = journal.connect()) {
            other.setAutoCommit(false);
            TestJournal.insertByHand(other, "till|held");
            writes.add(held.write(List.of(event("till|held", 1))));
            await().until(() -> journal.blocked() == 1);
            for (int i = 0; i < 50; i++) {
                writes.add((i % 2 == 0 ? held : free).write(List.of(event("till|" + i, 1))));
            }
            writers.stop();
            writes.add(held.write(List.of(event("till|late", 1))));
            other.rollback();
        }
        long stored = writes.stream().filter(write -> failure(write) == null).count();
        assertThat(failure(writes.getFirst())).isNull();
        assertThat(failure(writes.getLast())).isInstanceOf(JournalWriteException.Unavailable.class);
        assertThat(journal.count()).isEqualTo(stored);
    }

    private JournalWriters writers(int lanes) {
        return journal.writers(new JournalSettings(lanes, 1000, 400, Duration.ofSeconds(20)), journal.database());
    }
}

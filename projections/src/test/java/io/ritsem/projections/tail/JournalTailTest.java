package io.ritsem.projections.tail;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import akka.actor.typed.ActorSystem;
import akka.stream.Materializer;
import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.projections.CapturedLog;
import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.TestSystem;
import io.ritsem.projections.engine.Slice;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JournalTailTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final TestJournal journal = new TestJournal();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ActorSystem<Void> system = TestSystem.start(new Jars());
    private final Seen seen = new Seen();
    private final AtomicReference<Set<Integer>> needed = new AtomicReference<>(Set.of(0, 1, 2, 3));
    private final JournalTail tail = new JournalTail(journal.reader(), needed::get,
            new TailSettings(Duration.ofMillis(2), Duration.ofMillis(50), 3, Duration.ZERO), executor);
    private JournalTail.Running running;

    @BeforeEach void start() {
        running = tail.run(seen, Materializer.createMaterializer(system));
        await().atMost(SOON).until(() -> !seen.slices().isEmpty());
    }

    @AfterEach void stop() throws Exception {
        running.kill().shutdown();
        running.ended().toCompletableFuture().get(10, TimeUnit.SECONDS);
        TestSystem.stop(system);
        executor.shutdown();
        journal.close();
    }

    @Test void slices_follow_each_other_and_hold_every_event_once_in_commit_order() throws Exception {
        Random random = new Random(7);
        int written = 0;
        for (int i = 0; i < 60; i++) {
            Written[] events = new Written[random.nextInt(1, 12)];
            for (int j = 0; j < events.length; j++) {
                events[j] = event("jar", "j" + (random.nextBoolean() ? 0 : random.nextInt(9)), new Filled("red", 1));
            }
            journal.write(events);
            written += events.length;
        }
        int all = written;
        await().atMost(SOON).until(() -> seen.events().size() >= all);
        assertThat(seen.events()).hasSize(all);
        assertThat(seen.events()).extracting(RecordedEvent::position).isSorted().doesNotHaveDuplicates();
        List<Slice> slices = seen.slices();
        for (int i = 1; i < slices.size(); i++) {
            Slice slice = slices.get(i);
            assertThat(slice.from()).isEqualTo(slices.get(i - 1).to());
            assertThat(slice.events()).allSatisfy(event -> {
                assertThat(slice.from().hasReached(event.position())).isFalse();
                assertThat(slice.to().hasReached(event.position())).isTrue();
            });
        }
        // it looks on meanwhile
        assertThat(seen.noticed()).isGreaterThanOrEqualTo(slices.size());
    }

    @Test void says_for_how_long_an_open_transaction_has_hidden_what_was_committed() throws Exception {
        try (Connection open = journal.transaction()) {
            journal.insert(open, event("jar", "a", new Filled("red", 1)));
            long committed = journal.write(event("jar", "b", new Filled("red", 1)));
            await().atMost(SOON).until(() -> tail.blindness().compareTo(Duration.ofMillis(100)) > 0);
            assertThat(seen.events()).isEmpty();
            open.commit();
            await().atMost(SOON).until(() -> tail.blindness().isZero());
            await().atMost(SOON).until(() -> seen.events().size() == 2);
            assertThat(seen.slices().getLast().to().hasReached(new Position(committed, 0))).isTrue();
        }
    }

    @Test void who_needs_nothing_misses_nothing_whatever_is_hidden_from_others() throws Exception {
        try (Connection open = journal.transaction()) {
            journal.insert(open, event("jar", "a", new Filled("red", 1)));
            journal.write(event("jar", "b", new Filled("red", 1)));
            await().atMost(SOON).until(() -> tail.blindness().compareTo(Duration.ofMillis(100)) > 0);
            needed.set(Set.of());
            await().atMost(SOON).until(() -> tail.blindness().isZero());
            // for longer than it may look away
            await().atMost(SOON).during(Duration.ofMillis(1_500)).until(() -> tail.blindness().isZero());
        }
    }

    /**
     * A server that crashes forgets transactions that did not wait for the disk, and gives their ids again: to an event,
     * perhaps, which a tail that stood beyond it would never see.
     */
    @Test void stands_at_the_last_event_whatever_ids_other_transactions_have_used() throws Exception {
        long written = journal.write(event("jar", "a", new Filled("red", 1)));
        for (int i = 0; i < 20; i++) {
            journal.execute("SELECT pg_current_xact_id()");
        }
        int noticed = seen.noticed();
        await().atMost(SOON).until(() -> seen.noticed() > noticed + 2);
        assertThat(seen.slices().getLast().to().transactionId()).isEqualTo(written);
    }

    @Test void goes_on_after_the_database_failed() throws Exception {
        journal.execute("ALTER TABLE ritsem.event_journal RENAME TO away");
        int slices = seen.slices().size();
        await().atMost(SOON).until(() -> tail.blindness().isPositive());
        await().atMost(SOON).until(() -> seen.failures() > 0);
        journal.execute("ALTER TABLE ritsem.away RENAME TO event_journal");
        journal.write(event("jar", "a", new Filled("red", 1)));
        await().atMost(SOON).until(() -> seen.events().size() == 1);
        assertThat(seen.slices()).hasSizeGreaterThan(slices);
    }

    @ParameterizedTest @ValueSource(
            strings = {"notice", "offer"}) void goes_on_after_a_bug_in_who_is_told_and_says_so_once(
                    String call) throws Exception {
        try (CapturedLog log = new CapturedLog(JournalTail.class.getName())) {
            seen.throwsAt = call;
            await().atMost(SOON).until(() -> !log.lines(Level.ERROR).isEmpty());
            int thrown = seen.thrown();
            await().atMost(SOON).until(() -> seen.thrown() > thrown + 3);
            assertThat(log.lines(Level.ERROR)).singleElement()
                    .satisfies(line -> assertThat(line.getThrowableProxy().getMessage()).isEqualTo("no, not " + call));
            seen.throwsAt = "";
            journal.write(event("jar", "a", new Filled("red", 1)));
            await().atMost(SOON).until(() -> seen.events().size() == 1);
            assertThat(running.ended().toCompletableFuture()).isNotDone();
        }
    }

    private static final class Seen implements JournalTail.Audience {

        private final List<Slice> slices = new ArrayList<>();
        private int noticed;
        private int failures;
        private int thrown;
        private volatile String throwsAt = "";

        private void taste(String call) {
            if (throwsAt.equals(call)) {
                thrown++;
                throw new IllegalStateException("no, not " + call);
            }
        }

        synchronized int thrown() {
            return thrown;
        }

        @Override public synchronized void failed() {
            failures++;
        }

        synchronized int failures() {
            return failures;
        }

        @Override public synchronized void notice(Slice slice) {
            taste("notice");
            noticed++;
        }

        @Override public synchronized void offer(Slice slice) {
            taste("offer");
            slices.add(slice);
        }

        synchronized List<Slice> slices() {
            return List.copyOf(slices);
        }

        synchronized int noticed() {
            return noticed;
        }

        List<RecordedEvent> events() {
            return slices().stream().flatMap(slice -> slice.events().stream()).toList();
        }
    }
}

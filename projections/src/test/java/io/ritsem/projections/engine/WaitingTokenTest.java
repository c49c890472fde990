package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import akka.actor.typed.ActorSystem;
import akka.stream.Materializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.TestSystem;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.tail.JournalTail;
import io.ritsem.projections.tail.TailSettings;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Position;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** That the tail learns who waits for it. */
class WaitingTokenTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Set<Integer> ALL = Set.of(0, 1, 2, 3);

    private final TestJournal journal = new TestJournal();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach void close() {
        threads.shutdownNow();
        journal.close();
    }

    @Test void a_tail_that_would_rest_for_an_hour_answers_whoever_waits_for_it_at_once() throws Exception {
        AtomicReference<Set<Integer>> needed = new AtomicReference<>(Set.of()); // so that its first rest is the longest
        JournalTail tail = new JournalTail(journal.reader(), needed::get,
                new TailSettings(Duration.ofMillis(2), Duration.ofHours(1), 250, Duration.ZERO), threads);
        ViewProgress progress = progress(tail);
        Follower follower = new Follower(progress);
        ActorSystem<Void> system = TestSystem.start(new Jars());
        JournalTail.Running running = tail.run(follower, Materializer.createMaterializer(system));
        try {
            await().atMost(SOON).until(() -> follower.slices.get() == 1);
            needed.set(ALL);
            long written = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(progress.awaitPassed(Map.of(partitionOf("jar", "a"), written), SOON)).isTrue();
        } finally {
            running.kill().shutdown();
            running.ended().toCompletableFuture().get(20, TimeUnit.SECONDS);
            TestSystem.stop(system);
        }
    }

    @Test void the_tail_hurries_as_long_as_somebody_waits_for_an_answer() throws Exception {
        Noted tail = new Noted();
        ViewProgress progress = progress(tail);
        Map<Integer, Long> token = token();
        CompletableFuture<Boolean> waiting = later(() -> progress.awaitPassed(token, SOON));
        await().atMost(SOON).until(() -> tail.hurried.get() == 1);
        progress.standsAt(everywhere(token));
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(tail.hurried).hasValue(0);
        assertThat(tail.woken).hasValue(0);
    }

    @Test void the_tail_does_not_hurry_for_who_waits_at_leisure() throws Exception {
        Noted tail = new Noted();
        ViewProgress progress = progress(tail);
        Map<Integer, Long> token = token();
        CompletableFuture<Boolean> waiting = later(() -> progress.awaitPassedAtLeisure(token, SOON));
        await().atMost(SOON).until(() -> tail.woken.get() == 1);
        progress.standsAt(everywhere(token));
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(tail.hurries).hasValue(0);
    }

    @Test void the_tail_is_left_alone_when_nobody_has_to_wait() throws Exception {
        Noted tail = new Noted();
        ViewProgress progress = progress(tail);
        Map<Integer, Long> token = token();
        progress.standsAt(everywhere(token));
        assertThat(progress.awaitPassed(token, SOON)).isTrue();
        assertThat(progress.awaitPassedAtLeisure(token, SOON)).isTrue();
        assertThat(tail.woken).hasValue(0);
        assertThat(tail.hurries).hasValue(0);
    }

    private Map<Integer, Long> token() throws SQLException {
        return Map.of(partitionOf("jar", "a"), journal.write(event("jar", "a", new Filled("red", 1))));
    }

    private static Map<Integer, Position> everywhere(Map<Integer, Long> token) {
        long transaction = token.values().iterator().next();
        Map<Integer, Position> cursors = new HashMap<>();
        ALL.forEach(partition -> cursors.put(partition, ViewProgress.endOf(transaction)));
        return cursors;
    }

    private ViewProgress progress(TailPulse tail) throws SQLException {
        ViewTable<?> table = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS)
                .prepare(ApplicationModel.of(new Jars()).views().getFirst())
                .table();
        return new ViewProgress(table, new ViewStore(journal.dataSource(), Duration.ofMinutes(1), 4), journal.reader(),
                tail);
    }

    private interface Waiting {
        boolean passed() throws Exception;
    }

    private CompletableFuture<Boolean> later(Waiting waiting) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return waiting.passed();
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }, threads);
    }

    /** Moves the cursors to where the tail has read. */
    private record Follower(ViewProgress progress, AtomicInteger slices) implements JournalTail.Audience {

        Follower(ViewProgress progress) {
            this(progress, new AtomicInteger());
        }

        @Override public void notice(Slice slice) {
            // It applies nothing.
        }

        @Override public void offer(Slice slice) {
            Map<Integer, Position> cursors = new HashMap<>();
            slice.partitions().forEach(partition -> cursors.put(partition, slice.to()));
            progress.standsAt(cursors);
            slices.incrementAndGet();
        }

        @Override public void failed() {
            progress.doubt();
        }
    }

    /** A tail that only notes what is asked of it. */
    private static final class Noted implements TailPulse {

        final AtomicInteger woken = new AtomicInteger();
        final AtomicInteger hurries = new AtomicInteger();
        final AtomicInteger hurried = new AtomicInteger(); // who still waits

        @Override public void wake() {
            woken.incrementAndGet();
        }

        @Override public Hurry hurry() {
            hurries.incrementAndGet();
            hurried.incrementAndGet();
            return hurried::decrementAndGet;
        }

        @Override public Duration blindness() {
            return Duration.ZERO;
        }
    }
}

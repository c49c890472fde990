package io.ritsem.projections.query;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.query.SharedReads.Found;
import io.ritsem.runtime.gateway.UnavailableException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/** Who shares a query with whom. */
class SharedReadsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Semaphore connections = new Semaphore(1);
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Set<String>> queries = new CopyOnWriteArrayList<>();
    private final SharedReads reads = new SharedReads((keys, deadline) -> {
        deadline.acquire(connections);
        try {
            return found(keys.close());
        } finally {
            connections.release();
        }
    });

    /** There is no row of a key that begins with no, and only one that is large fits. */
    private Found found(Set<String> keys) {
        queries.add(Set.copyOf(keys));
        if (keys.contains("bad")) {
            throw new UnavailableException("view-busy");
        }
        Map<String, ViewRow> rows = new HashMap<>();
        Set<String> leftOut = new HashSet<>();
        for (String key : keys) {
            if (key.startsWith("large") && rows.keySet().stream().anyMatch(other -> other.startsWith("large"))) {
                leftOut.add(key);
            } else if (!key.startsWith("no")) {
                rows.put(key, new ViewRow(key, key.getBytes(UTF_8), 1L, Instant.EPOCH, null));
            }
        }
        return new Found(rows, leftOut);
    }

    @Test void alone_a_row_is_read_at_once() {
        assertThat(row("a")).isEqualTo("a");
        assertThat(row("none")).isNull();
        assertThat(queries).containsExactly(Set.of("a"), Set.of("none"));
    }

    @Test void those_who_wait_share_a_query_and_each_gets_its_own_row() throws Exception {
        connections.acquire();
        List<CompletableFuture<@Nullable String>> reading = IntStream.range(0, 40)
                .mapToObj(i -> later(i % 10 == 9 ? "none-" + i : "key-" + i))
                .toList();
        awaitThatAllWait();
        connections.release();
        for (int i = 0; i < 40; i++) {
            assertThat(reading.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i % 10 == 9 ? null : "key-" + i);
        }
        assertThat(queries).extracting(Set::size).containsExactlyInAnyOrder(16, 16, 8);
    }

    @Test void whoever_comes_when_a_query_has_begun_gets_the_next() throws Exception {
        connections.acquire();
        CompletableFuture<@Nullable String> first = later("a");
        await().until(() -> connections.getQueueLength() == 1);
        connections.release();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(row("a")).isEqualTo("a");
        assertThat(queries).containsExactly(Set.of("a"), Set.of("a"));
    }

    @Test void a_failure_is_told_to_all_who_share_it_and_to_nobody_else() throws Exception {
        connections.acquire();
        CompletableFuture<@Nullable String> one = later("bad");
        await().until(() -> connections.getQueueLength() == 1);
        CompletableFuture<@Nullable String> other = later("good");
        awaitThatAllWait();
        connections.release();
        for (CompletableFuture<@Nullable String> shared : List.of(one, other)) {
            assertThat(shared.handle((_, failure) -> failure).get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(UnavailableException.class);
        }
        assertThat(row("good")).isEqualTo("good");
    }

    @Test void whoever_cannot_wait_is_refused_and_the_next_is_not() throws Exception {
        connections.acquire();
        assertThatThrownBy(() -> reads.row("a", Deadline.in(Duration.ZERO))).isInstanceOf(UnavailableException.class);
        CompletableFuture<@Nullable String> next = later("b");
        await().until(() -> connections.getQueueLength() == 1);
        assertThatThrownBy(() -> reads.row("c", Deadline.in(Duration.ZERO))).isInstanceOf(UnavailableException.class);
        connections.release();
        assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("b");
        assertThat(queries).containsExactly(Set.of("b", "c"));
    }

    @Test void whoever_comes_later_does_not_fail_with_the_first_whose_time_is_over() throws Exception {
        connections.acquire();
        CompletableFuture<Throwable> first = new CompletableFuture<>();
        start(() -> first.complete(catchThrowable(() -> reads.row("a", Deadline.in(Duration.ofMillis(300))))));
        await().until(() -> connections.getQueueLength() == 1);
        CompletableFuture<@Nullable String> other = later("b");
        assertThat(first.get(20, TimeUnit.SECONDS)).isInstanceOf(UnavailableException.class);
        connections.release();
        assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo("b");
    }

    @Test void what_is_too_much_beside_others_is_read_again_without_them() throws Exception {
        connections.acquire();
        List<CompletableFuture<@Nullable String>> reading = IntStream.range(0, 3)
                .mapToObj(i -> later("large-" + i))
                .toList();
        awaitThatAllWait();
        connections.release();
        for (int i = 0; i < 3; i++) {
            assertThat(reading.get(i).get(20, TimeUnit.SECONDS)).isEqualTo("large-" + i);
        }
        assertThat(queries.getFirst()).hasSize(3);
    }

    private void awaitThatAllWait() {
        await().until(() -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    }

    private @Nullable String row(String key) {
        @Nullable ViewRow row = reads.row(key, Deadline.in(LONG));
        return row == null ? null : new String(row.row(), UTF_8);
    }

    private CompletableFuture<@Nullable String> later(String key) {
        return CompletableFuture.supplyAsync(() -> row(key), this::start);
    }

    private void start(Runnable reading) {
        threads.add(Thread.ofVirtual().start(reading));
    }
}

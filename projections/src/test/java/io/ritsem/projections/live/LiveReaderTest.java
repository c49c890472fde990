package io.ritsem.projections.live;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.live.LiveBatch.Change;
import io.ritsem.projections.live.LiveBatch.Changed;
import io.ritsem.projections.live.LiveBatch.End;
import io.ritsem.projections.live.LiveBatch.Now;
import io.ritsem.projections.live.LiveBatch.Reason;

import static org.assertj.core.api.Assertions.assertThat;

/** The queue of a reader that keeps up, and of one that does not. */
class LiveReaderTest {

    private static final Duration SHORT = Duration.ofMillis(1);

    private final LiveMemory memory = new LiveMemory(1 << 20);
    private final LiveReader<String> reader = new LiveReader<>();

    @Test void gives_the_rows_now_then_changes_in_order_then_nothing() throws Exception {
        reader.begin(now());
        reader.offer(changed("a", 1, 10));
        reader.offer(changed("b", 1, 10));

        assertThat(reader.next(SHORT)).isInstanceOf(Now.class);
        assertThat(key(reader.next(SHORT))).isEqualTo("a");
        assertThat(key(reader.next(SHORT))).isEqualTo("b");
        assertThat(reader.next(SHORT)).isNull();
        assertThat(reader.isOver(System.nanoTime())).isFalse();
    }

    @Test void rows_anew_take_the_place_of_what_waits() throws Exception {
        reader.offer(changed("a", 1, 10));
        reader.begin(now());
        assertThat(reader.next(SHORT)).isInstanceOf(Now.class);
        assertThat(reader.next(SHORT)).isNull();
    }

    @Test void drops_who_lets_too_many_changes_wait() throws Exception {
        reader.offer(changed("a", 4_999, 10));
        reader.offer(changed("b", 1, 10));
        assertThat(reader.isOver(System.nanoTime())).isFalse();
        reader.offer(changed("c", 1, 10));
        assertThat(reader.isOver(System.nanoTime())).isTrue();
        assertThat(reader.next(SHORT)).isEqualTo(new End<String>(Reason.SLOW_READER));
        assertThat(reader.next(SHORT)).isEqualTo(new End<String>(Reason.SLOW_READER));
    }

    @Test void drops_who_lets_too_many_bytes_wait_but_not_for_one_large_batch() throws Exception {
        reader.offer(changed("a", 1, 5 << 20));
        assertThat(key(reader.next(SHORT))).isEqualTo("a");
        reader.offer(changed("b", 1, 2 << 20));
        reader.offer(changed("c", 1, 3 << 20));
        assertThat(reader.next(SHORT)).isEqualTo(new End<String>(Reason.SLOW_READER));
    }

    @Test void drops_who_lets_a_change_wait_for_ten_seconds_even_if_it_takes_others() throws Exception {
        reader.offer(changed("a", 1, 10));
        reader.offer(changed("b", 1, 10));
        assertThat(key(reader.next(SHORT))).isEqualTo("a");
        assertThat(reader.isOver(in(9))).isFalse();
        assertThat(reader.isOver(in(11))).isTrue();
    }

    @Test void has_half_a_minute_for_the_rows_now() throws Exception {
        reader.begin(now());
        assertThat(reader.next(SHORT)).isInstanceOf(Now.class);
        reader.offer(changed("a", 1, 10));
        assertThat(reader.isOver(in(29))).isFalse();
        assertThat(reader.isOver(in(31))).isTrue();
    }

    @Test void gives_back_all_memory_however_it_ends() throws Exception {
        LiveReader<String> other = new LiveReader<>();
        LiveReader<String> third = new LiveReader<>();
        for (int i = 0; i < 3; i++) {
            Shared<String> batch = changed("a", 1, 1_000);
            for (LiveReader<String> each : List.of(reader, other, third)) {
                each.offer(batch);
            }
            batch.release();
        }
        assertThat(memory.held()).isEqualTo(3_000);
        assertThat(reader.next(SHORT)).isNotNull();
        other.end(Reason.OVERLOADED);
        assertThat(third.isOver(in(11))).isTrue();
        assertThat(memory.held()).isEqualTo(3_000);
        assertThat(reader.next(SHORT)).isNotNull();
        assertThat(memory.held()).isEqualTo(2_000);
        reader.close();
        assertThat(memory.held()).isZero();
        reader.offer(changed("b", 1, 10));
        assertThat(reader.next(SHORT)).isInstanceOf(End.class);
    }

    private Shared<String> now() {
        return new Shared<>(new Now<>(List.of("row"), "seen"), 0, 8 << 20, memory);
    }

    private Shared<String> changed(String key, int changes, long bytes) {
        memory.claim(bytes);
        return new Shared<>(new Changed<>(List.of(new Change<>(key, "row")), "seen"), changes, bytes, memory);
    }

    private static String key(@Nullable LiveBatch<String> batch) {
        return batch instanceof Changed<String>(List<Change<String>> changes, _) ? changes.getFirst().key()
                : String.valueOf(batch);
    }

    private static long in(int seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }
}

package io.ritsem.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SignalsTest {

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE);
    private final List<String> done = new ArrayList<>();
    private final Runnable signal = Signals.answer(clock::get, () -> done.add("stop"), () -> done.add("end at once"));

    @Test void a_signal_that_is_forwarded_a_second_time_does_not_break_off_the_stop() {
        signal.run();
        clock.addAndGet(Duration.ofMillis(1900).toNanos());
        signal.run();
        signal.run();

        assertThat(done).containsExactly("stop");
    }

    @Test void a_second_signal_after_a_moment_ends_at_once() {
        signal.run();
        clock.addAndGet(Duration.ofMillis(1900).toNanos());
        signal.run();
        clock.addAndGet(Duration.ofMillis(200).toNanos());
        signal.run();

        assertThat(done).containsExactly("stop", "end at once");
    }
}

package io.ritsem.projections.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AttemptsTest {

    private final List<Duration> rests = new ArrayList<>();
    private final Attempts attempts = new Attempts(rests::add);
    private final AtomicInteger calls = new AtomicInteger();

    private String failing(int times) {
        if (calls.incrementAndGet() <= times) {
            throw new IllegalStateException("failure " + calls);
        }
        return "done";
    }

    @Test void what_works_is_called_once() throws Exception {
        assertThat(attempts.call(() -> failing(0))).isEqualTo("done");
        assertThat(rests).isEmpty();
    }

    @Test void what_throws_is_called_twice_more_a_little_later_each_time() throws Exception {
        assertThat(attempts.call(() -> failing(2))).isEqualTo("done");
        assertThat(rests).containsExactly(Duration.ofMillis(20), Duration.ofMillis(100));
    }

    @Test void the_last_failure_tells_and_what_fails_next_is_not_waited_for() {
        assertThatThrownBy(() -> attempts.call(() -> failing(9))).isInstanceOf(HandlerFailedException.class)
                .hasMessageContaining("failure 3");
        assertThatThrownBy(() -> attempts.call(() -> failing(9))).hasMessageContaining("failure 4");
        assertThat(rests).hasSize(2);
    }

    @Test void errors_of_an_application_are_failures_and_those_of_the_machine_are_not() {
        assertThatThrownBy(() -> Attempts.single().call(() -> {
            throw new AssertionError("no");
        })).isInstanceOf(HandlerFailedException.class);
        assertThatThrownBy(() -> Attempts.single().call(() -> {
            throw new StackOverflowError();
        })).isInstanceOf(HandlerFailedException.class);
        assertThatThrownBy(() -> Attempts.single().call(() -> {
            throw new OutOfMemoryError("no");
        })).isInstanceOf(OutOfMemoryError.class);
    }
}

package io.ritsem.projections.tail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PulseTest {

    private static final Duration NEVER = Duration.ofDays(1);

    @Test void waits_as_long_as_it_is_told_to() throws Exception {
        assertThat(new Pulse(Duration.ofMillis(1)).after(Duration.ZERO)).isDone();
        CompletableFuture<Void> due = new Pulse(Duration.ofMillis(1)).after(Duration.ofMillis(30));
        assertThat(due).isNotDone();
        due.get(10, TimeUnit.SECONDS);
    }

    @Test void is_woken_early() throws Exception {
        Pulse pulse = new Pulse(Duration.ofMillis(1));
        CompletableFuture<Void> due = pulse.after(NEVER);
        pulse.wake();
        due.get(10, TimeUnit.SECONDS);
    }

    @Test void is_not_woken_more_often_than_the_shortest_interval() {
        Pulse pulse = new Pulse(NEVER);
        CompletableFuture<Void> due = pulse.after(NEVER);
        pulse.wake();
        assertThat(due).isNotDone();
    }

    @Test void remembers_who_woke_it_while_it_looked() throws Exception {
        Pulse pulse = new Pulse(Duration.ofMillis(1));
        assertThat(pulse.after(Duration.ZERO)).isDone();
        pulse.wake();
        pulse.after(NEVER).get(10, TimeUnit.SECONDS);
    }
}

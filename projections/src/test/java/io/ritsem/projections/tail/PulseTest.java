package io.ritsem.projections.tail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PulseTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    @Test void waits_as_long_as_it_is_told_to() throws Exception {
        assertThat(new Pulse().after(Duration.ZERO)).isDone();
        CompletableFuture<Void> due = new Pulse().after(Duration.ofMillis(30));
        assertThat(due).isNotDone();
        due.get(10, TimeUnit.SECONDS);
    }

    @Test void is_woken_early() throws Exception {
        Pulse pulse = new Pulse();
        CompletableFuture<Void> due = pulse.after(NEVER);
        pulse.wake(SHORTEST);
        due.get(10, TimeUnit.SECONDS);
    }

    @Test void is_not_woken_sooner_than_it_may_be() {
        Pulse pulse = new Pulse();
        CompletableFuture<Void> due = pulse.after(NEVER);
        pulse.wake(NEVER);
        assertThat(due).isNotDone();
    }

    @Test void obeys_who_wants_it_soonest() throws Exception {
        Pulse pulse = new Pulse();
        CompletableFuture<Void> due = pulse.after(NEVER);
        pulse.wake(NEVER);
        pulse.wake(SHORTEST);
        pulse.wake(NEVER);
        due.get(10, TimeUnit.SECONDS);
    }

    @Test void remembers_who_woke_it_while_it_looked() throws Exception {
        Pulse pulse = new Pulse();
        assertThat(pulse.after(Duration.ZERO)).isDone();
        pulse.wake(SHORTEST);
        pulse.wake(NEVER);
        pulse.after(NEVER).get(10, TimeUnit.SECONDS);
    }
}

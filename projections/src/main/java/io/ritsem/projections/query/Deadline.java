package io.ritsem.projections.query;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.ritsem.runtime.gateway.UnavailableException;

/**
 * By when an answer is due, whatever has to be waited for until then. Immutable.
 *
 * @param at as {@link System#nanoTime} tells it
 */
record Deadline(long at) {

    static Deadline in(Duration atMost) {
        return new Deadline(System.nanoTime() + atMost.toNanos());
    }

    /** Zero if it has passed. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, at - System.nanoTime()));
    }

    /** @throws UnavailableException if none becomes free by then */
    void acquire(Semaphore permits) {
        try {
            if (!permits.tryAcquire(left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new UnavailableException("overloaded");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        }
    }
}

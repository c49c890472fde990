package io.ritsem.projections.tail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** When the next look is due: after a while, or sooner if somebody wakes it. Thread-safe. */
final class Pulse {

    private long shortest; // guarded by this, as all below
    private CompletableFuture<Void> next = CompletableFuture.completedFuture(null);
    private long lastLook = System.nanoTime();
    private boolean woken;

    /**
     * Completes when the next look is due: after so long, or sooner.
     *
     * @param shortestDelay until then, however often it is woken
     */
    synchronized CompletableFuture<Void> after(Duration delay, Duration shortestDelay) {
        shortest = shortestDelay.toNanos();
        lastLook = System.nanoTime();
        long nanos = woken ? Math.min(delay.toNanos(), shortest) : delay.toNanos();
        woken = false;
        next = nanos <= 0
                ? CompletableFuture.completedFuture(null)
                : new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        return next;
    }

    void wake() {
        CompletableFuture<Void> due;
        long nanos;
        synchronized (this) {
            if (next.isDone()) {
                // It is looking right now, and may have looked before what it is woken for.
                woken = true;
                return;
            }
            due = next;
            nanos = lastLook + shortest - System.nanoTime();
        }
        if (nanos <= 0) {
            due.complete(null);
        } else {
            var _ = due.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        }
    }
}

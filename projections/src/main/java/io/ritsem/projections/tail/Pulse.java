package io.ritsem.projections.tail;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** When the next look is due: after a while, or sooner if somebody wakes it. Thread-safe. */
final class Pulse {

    private CompletableFuture<Void> next = CompletableFuture.completedFuture(null); // guarded by this, as all below
    private long lastLook = System.nanoTime();
    private long woken = Long.MAX_VALUE; // how long after the look that goes on now the next one is due

    /** Begins a look's rest, and completes when the next one is due: after so long, or sooner. */
    synchronized CompletableFuture<Void> after(Duration delay) {
        lastLook = System.nanoTime();
        long nanos = Math.min(woken, delay.toNanos());
        woken = Long.MAX_VALUE;
        next = nanos <= 0
                ? CompletableFuture.completedFuture(null)
                : new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        return next;
    }

    /** @param soonest how long after a look the next one may be */
    void wake(Duration soonest) {
        CompletableFuture<Void> due;
        long nanos;
        synchronized (this) {
            if (next.isDone()) {
                // It is looking right now, and may have looked before what it is woken for.
                woken = Math.min(woken, soonest.toNanos());
                return;
            }
            due = next;
            nanos = lastLook + soonest.toNanos() - System.nanoTime();
        }
        if (nanos <= 0) {
            due.complete(null);
        } else {
            var _ = due.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
        }
    }
}

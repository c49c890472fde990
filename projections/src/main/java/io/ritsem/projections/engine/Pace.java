package io.ritsem.projections.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds a generation that is built to its rate, and lets it stand still. Thread-safe: its worker asks, anybody may set.
 */
final class Pace {

    /** So that a change of the rate, or a pause, is noticed soon. */
    private static final int BATCHES_A_SECOND = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private double rate; // events a second of this node; 0 for no limit; guarded by lock, as all below
    private boolean still;
    private long due = System.nanoTime();

    /** @param eventsPerSecond of this node; 0 for no limit */
    void setRate(double eventsPerSecond) {
        lock.lock();
        try {
            if (rate != eventsPerSecond) {
                rate = eventsPerSecond;
                due = System.nanoTime();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether to stand still: whoever waits goes on at once and finds it so. */
    void setStill(boolean standStill) {
        lock.lock();
        try {
            still = standStill;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStill() {
        lock.lock();
        try {
            return still;
        } finally {
            lock.unlock();
        }
    }

    /** How many events to take at once. */
    int batch(int atMost) {
        lock.lock();
        try {
            return rate == 0 ? atMost : (int) Math.max(1, Math.min(atMost, rate / BATCHES_A_SECOND));
        } finally {
            lock.unlock();
        }
    }

    /** So many events have been taken: waits until more may be. Returns at once when it is to stand still. */
    void passed(int events) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (rate == 0) {
                return;
            }
            due = Math.max(due, System.nanoTime() - TimeUnit.SECONDS.toNanos(1)) + (long) (events * 1e9 / rate);
            long left = due - System.nanoTime();
            while (left > 0 && !still && rate > 0) {
                left = Math.min(changed.awaitNanos(left), due - System.nanoTime());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a time, or until it is to stand still. */
    void rest(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && !still) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}

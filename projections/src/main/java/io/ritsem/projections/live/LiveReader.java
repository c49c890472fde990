package io.ritsem.projections.live;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveBatch.Reason;

/**
 * One who reads a view live: a bounded queue between the view's feed and the thread that takes from it. Thread-safe.
 * Whoever takes too little too slowly is dropped: nothing is kept for it any more, and {@link #next} says so.
 */
public final class LiveReader<W> implements AutoCloseable {

    private static final int MOST_CHANGES = 5_000;
    private static final long MOST_BYTES = 4 << 20;
    private static final Duration FOR_CHANGES = Duration.ofSeconds(10);
    private static final Duration FOR_ROWS_NOW = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Deque<Waiting<W>> queue = new ArrayDeque<>(); // all below are guarded by lock
    private int changes;
    private long bytes;
    private @Nullable Shared<W> taken;
    private long takenAt = System.nanoTime();
    private long rowsNowTakenUntil = System.nanoTime();
    private @Nullable Reason reason;

    LiveReader() {}

    private record Waiting<W>(Shared<W> batch, long since) {}

    /**
     * What comes next; with it the batch before is done with. After an {@link LiveBatch.End} nothing else comes.
     *
     * @return null if nothing came in time
     */
    public @Nullable LiveBatch<W> next(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            putDown();
            while (queue.isEmpty() && reason == null) {
                if (left <= 0) {
                    return null;
                }
                left = arrived.awaitNanos(left);
            }
            if (reason != null) {
                return new LiveBatch.End<>(reason);
            }
            Shared<W> next = queue.removeFirst().batch();
            count(next, -1);
            taken = next;
            takenAt = System.nanoTime();
            return next.batch();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has been ended: what is left of the batch need not be read, and {@link #next} gives its memory back. */
    public boolean isOver() {
        return isOver(System.nanoTime());
    }

    private void putDown() {
        if (taken != null) {
            if (taken.batch() instanceof LiveBatch.Now<W>) {
                rowsNowTakenUntil = System.nanoTime();
            }
            taken.release();
            taken = null;
        }
    }

    /** Reads no more. */
    @Override public void close() {
        lock.lock();
        try {
            putDown();
            end(Reason.STOPPING);
        } finally {
            lock.unlock();
        }
    }

    /** Adds what has changed; drops the reader if there is no room for it. */
    void offer(Shared<W> batch) {
        lock.lock();
        try {
            boolean full = !queue.isEmpty()
                    && (changes + batch.changes() > MOST_CHANGES || bytes + batch.bytes() > MOST_BYTES);
            if (full) {
                end(Reason.SLOW_READER);
            } else {
                add(batch);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives all rows anew: what was still waiting is not needed any more. */
    void begin(Shared<W> now) {
        lock.lock();
        try {
            clear();
            add(now);
        } finally {
            lock.unlock();
        }
    }

    private void add(Shared<W> batch) {
        if (reason == null) {
            batch.hold();
            queue.addLast(new Waiting<>(batch, System.nanoTime()));
            count(batch, 1);
            arrived.signal();
        }
    }

    private void count(Shared<W> batch, int sign) {
        if (batch.batch() instanceof LiveBatch.Changed<W>) {
            changes += sign * batch.changes();
            bytes += sign * batch.bytes();
        }
    }

    /** Nothing comes any more. */
    void end(Reason why) {
        lock.lock();
        try {
            if (reason == null) {
                reason = why;
                clear();
                arrived.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void clear() {
        queue.forEach(waiting -> waiting.batch().release());
        queue.clear();
        changes = 0;
        bytes = 0;
    }

    /** Whether nothing need be offered to it any more. Drops it first if it has not kept up. */
    boolean isOver(long now) {
        lock.lock();
        try {
            if (reason == null && isSlow(now)) {
                end(Reason.SLOW_READER);
            }
            return reason != null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isSlow(long now) {
        if (taken != null && taken.batch() instanceof LiveBatch.Now<W>) {
            return now - takenAt > FOR_ROWS_NOW.toNanos();
        }
        @Nullable Waiting<W> first = queue.peekFirst();
        boolean writesTooLong = taken != null && now - takenAt > FOR_CHANGES.toNanos();
        boolean waitsTooLong = first != null
                && now - Math.max(first.since(), rowsNowTakenUntil) > FOR_CHANGES.toNanos();
        return writesTooLong || waitsTooLong;
    }
}

package io.ritsem.projections.live;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A batch on its way to several readers, whose memory is given back when the last of them has done with it. Thread-safe.
 */
final class Shared<W> {

    private final LiveBatch<W> batch;
    private final int changes;
    private final long bytes;
    private final LiveMemory memory;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** Held by who makes it, until that one {@link #release}s it. The bytes have been taken of the memory. */
    Shared(LiveBatch<W> batch, int changes, long bytes, LiveMemory memory) {
        this.batch = batch;
        this.changes = changes;
        this.bytes = bytes;
        this.memory = memory;
    }

    LiveBatch<W> batch() {
        return batch;
    }

    int changes() {
        return changes;
    }

    long bytes() {
        return bytes;
    }

    void hold() {
        holders.incrementAndGet();
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            memory.give(bytes);
        }
    }
}

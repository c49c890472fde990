package io.ritsem.runtime.entity;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many spent keys all entities of a node remember together: what they take of the heap must not be what the node dies
 * of. Thread-safe.
 */
public final class KeyMemory {

    private static final int HEAP_SHARE = 8;
    private static final int BYTES_EACH = 200;

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most about how many there may be */
    KeyMemory(long most) {
        this.most = most;
    }

    /** One that may take an eighth of this process's heap. */
    static KeyMemory ofHeap() {
        return new KeyMemory(Runtime.getRuntime().maxMemory() / HEAP_SHARE / BYTES_EACH);
    }

    void add(int keys) {
        held.addAndGet(keys);
    }

    boolean isOverfull() {
        return held.get() > most;
    }

    /** How many there are. */
    long held() {
        return held.get();
    }
}

package io.ritsem.projections.live;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes this node holds for live readers: rows on their way to them, and keys that match. Thread-safe. */
final class LiveMemory {

    private final long most;
    private final AtomicLong held = new AtomicLong();

    LiveMemory(long most) {
        this.most = most;
    }

    /** Takes so many bytes, or says false and takes none. */
    boolean take(long bytes) {
        if (held.addAndGet(bytes) <= most) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /** Takes so many bytes even if there is no room: what is told of next finds none. */
    void claim(long bytes) {
        held.addAndGet(bytes);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}

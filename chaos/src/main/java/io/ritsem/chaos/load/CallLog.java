package io.ritsem.chaos.load;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** All that clients sent and were told, in the order in which they were told. Thread-safe. */
public final class CallLog {

    private final ConcurrentLinkedQueue<Attempt> attempts = new ConcurrentLinkedQueue<>();

    /** Adds one. */
    public void add(Attempt attempt) {
        attempts.add(attempt);
    }

    /** What there is up to now. */
    public List<Attempt> attempts() {
        return List.copyOf(attempts);
    }
}

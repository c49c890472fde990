package io.ritsem.chaos.load;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What sessions were told of accounts, each in the order in which it was told, and what they were not. Thread-safe. */
public final class SessionLog {

    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Missed> missed = new ConcurrentLinkedQueue<>();

    /**
     * A read without an answer that says something. Immutable.
     *
     * @param sentAt in the nanoseconds of {@link System#nanoTime}
     * @param behind whether it was told that the view is behind, which is an answer
     */
    public record Missed(String what, long sentAt, long toldAt, boolean behind) {}

    void add(Seen what) {
        seen.add(what);
    }

    void add(Missed what) {
        missed.add(what);
    }

    /** What was told up to now. */
    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** What was not. */
    public List<Missed> missed() {
        return List.copyOf(missed);
    }
}

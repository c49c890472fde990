package io.ritsem.chaos.load;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/** All that clients sent and were told, in the order in which they were told. Thread-safe. */
public final class CallLog {

    private static final int LOOKS_BACK = 1_000;

    private final ConcurrentLinkedDeque<Attempt> attempts = new ConcurrentLinkedDeque<>();

    /** Adds one. */
    public void add(Attempt attempt) {
        attempts.add(attempt);
    }

    /** What there is up to now. */
    public List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** The latest of those that were accepted, the newest first; of the latest 1,000 attempts at most. */
    public List<Attempt> newestAccepted(int atMost) {
        List<Attempt> newest = new ArrayList<>();
        Iterator<Attempt> backwards = attempts.descendingIterator();
        for (int looked = 0; looked < LOOKS_BACK && newest.size() < atMost && backwards.hasNext(); looked++) {
            Attempt attempt = backwards.next();
            if (attempt.told() instanceof Told.Accepted) {
                newest.add(attempt);
            }
        }
        return newest;
    }
}

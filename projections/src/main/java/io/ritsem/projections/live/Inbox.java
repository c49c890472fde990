package io.ritsem.projections.live;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.engine.Slice;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What the tail has brought and the feed has not taken yet, as one. Bounded: of what is beyond it only remembers that it
 * was. Thread-safe.
 */
final class Inbox {

    private static final int MOST_EVENTS = 20_000;
    private static final long MOST_BYTES = 16 << 20;

    private final Predicate<RecordedEvent> wanted;
    private final int partitions;
    private @Nullable Position expected; // where the next slice begins, if none is missing; all are guarded by this
    private @Nullable Position from;
    private boolean broken;
    private List<RecordedEvent> events = new ArrayList<>();
    private long bytes;

    Inbox(Predicate<RecordedEvent> wanted, int partitions) {
        this.wanted = wanted;
        this.partitions = partitions;
    }

    /**
     * All wanted events of all partitions between two places.
     *
     * @param broken whether some are missing
     */
    record Arrived(Position from, Position to, boolean broken, List<RecordedEvent> events) {}

    /** A slice of some partitions only is from before the tail knew that somebody wants all. */
    synchronized void offer(Slice slice) {
        if (slice.partitions().size() < partitions) {
            return;
        }
        broken |= expected != null && !expected.equals(slice.from());
        expected = slice.to();
        from = from == null ? slice.from() : from;
        for (RecordedEvent event : slice.events()) {
            if (!broken && wanted.test(event)) {
                bytes += event.data().length;
                events.add(event);
                broken = events.size() > MOST_EVENTS || bytes > MOST_BYTES;
            }
        }
    }

    /** What was told may have been taken back: as if something were missing. */
    synchronized void failed() {
        broken = true;
    }

    /** Takes what is there, or null if nothing is. */
    synchronized @Nullable Arrived take() {
        if (from == null || expected == null) {
            return null;
        }
        Arrived arrived = new Arrived(from, expected, broken, broken ? List.of() : events);
        from = null;
        broken = false;
        events = new ArrayList<>();
        bytes = 0;
        return arrived;
    }

    synchronized boolean isEmpty() {
        return from == null;
    }
}

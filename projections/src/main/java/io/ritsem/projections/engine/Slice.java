package io.ritsem.projections.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What the tail read at once: <em>all</em> events of some partitions after one position and up to another. Immutable.
 *
 * @param from where it begins, exclusively; the same in every partition
 * @param to where it ends, inclusively: below the horizon, so nothing can appear in between any more
 * @param partitions the partitions that were read
 * @param events in order of position
 */
public record Slice(Position from, Position to, Set<Integer> partitions, List<RecordedEvent> events) {

    /**
     * This slice and a later one. If one in between is missing, or other partitions were read, it is only the later one:
     * a view that takes it finds that it begins too late and reads by itself what lies before.
     */
    public Slice then(Slice next) {
        if (!to.equals(next.from) || !partitions.equals(next.partitions)) {
            return next;
        }
        List<RecordedEvent> both = new ArrayList<>(events.size() + next.events.size());
        both.addAll(events);
        both.addAll(next.events);
        return new Slice(from, next.to, partitions, both);
    }
}

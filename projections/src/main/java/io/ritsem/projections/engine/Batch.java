package io.ritsem.projections.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * Events for a view, and where its cursors stand when they are applied. Immutable.
 *
 * @param events in order of position, all events that lie between a cursor's place and its end
 * @param ends the new places by the cursor's partition; one that has come further already stays there
 */
record Batch(List<RecordedEvent> events, Map<Integer, Position> ends) {

    /** What a slice has for these cursors: what they have passed already is left out. */
    static Batch of(Slice slice, ViewTable<?> table, Collection<Cursor> cursors) {
        Map<Integer, Position> passed = new HashMap<>();
        Map<Integer, Position> ends = new HashMap<>();
        for (Cursor cursor : cursors) {
            passed.put(cursor.partition(), cursor.passed());
            ends.put(cursor.partition(), later(cursor.passed(), slice.to()));
        }
        List<RecordedEvent> events = slice.events().stream().filter(event -> {
            Position cursor = passed.get(cursorOf(table, event));
            return cursor != null && !cursor.hasReached(event.position());
        }).toList();
        return new Batch(events, ends);
    }

    /** Reads what follows these places. */
    static Batch read(JournalReader journal, ViewTable<?> table, Map<Integer, Position> after, int limit) {
        if (table.keyed()) {
            return readMerge(journal, after.getOrDefault(ViewTable.ALL_PARTITIONS, Position.START), limit);
        }
        int each = Math.max(1, limit / after.size());
        JournalReader.Tail tail = journal.readPartitions(after, each);
        Map<Integer, Position> ends = new HashMap<>();
        after.forEach((partition, position) -> ends.put(partition,
                later(position, tail.cuts().getOrDefault(partition, end(tail)))));
        return new Batch(tail.events(), ends);
    }

    /**
     * Cut in two, so that each can be applied by a transaction of its own, the first one first: wherever its last event
     * stands, all events up to there of every partition are among it.
     *
     * @param first how many events the first part has, at least 1 and fewer than all
     */
    List<Batch> cutAfter(int first) {
        List<RecordedEvent> sooner = events.subList(0, first);
        Position cut = sooner.getLast().position();
        Map<Integer, Position> until = new HashMap<>(ends);
        until.replaceAll((_, end) -> end.hasReached(cut) ? cut : end);
        return List.of(new Batch(sooner, until), new Batch(events.subList(first, events.size()), ends));
    }

    private static Batch readMerge(JournalReader journal, Position after, int limit) {
        JournalReader.Tail tail = journal.readAll(after, limit);
        Position end = tail.cuts().isEmpty() ? end(tail) : tail.events().getLast().position();
        return new Batch(tail.events(), Map.of(ViewTable.ALL_PARTITIONS, later(after, end)));
    }

    /** Everything up to there has been read. */
    private static Position end(JournalReader.Tail tail) {
        return ViewProgress.endOf(tail.end());
    }

    static Position later(Position one, Position other) {
        return one.hasReached(other) ? one : other;
    }

    static int cursorOf(ViewTable<?> table, RecordedEvent event) {
        return table.keyed() ? ViewTable.ALL_PARTITIONS : event.partition();
    }
}

package io.ritsem.projections.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveBatch.Change;
import io.ritsem.projections.live.LiveBatch.Reason;

/** All readers of one query, and the rows that match it by their keys and marks. Confined to the feed's thread. */
final class Group<Q extends LiveQuery, W> {

    /** About what a key costs beside its characters, and a row or change beside its bytes. */
    private static final int OVERHEAD = 100;
    private static final int MOST_MEANWHILE = 5_000;

    private final Q query;
    private final LiveMemory memory;
    private final List<LiveReader<W>> readers = new ArrayList<>();
    private final List<Joining<Q, W>> joining = new ArrayList<>();
    private final Map<String, Long> marks = new HashMap<>(); // by key: of the rows as all readers have been told of them
    private final List<Change<W>> changes = new ArrayList<>();
    private final Set<String> meanwhile = new HashSet<>(); // rows that have changed since its rows began to be read
    private @Nullable Reading<Q, W> reading;
    private long dueAt = System.nanoTime();
    private long keyBytes;
    private long changeBytes;
    private boolean anew; // its readers are to get all rows anew, so changes are not for them
    private boolean altered; // its readers are to be told which rows are not as they know them

    Group(Q query, LiveMemory memory) {
        this.query = query;
        this.memory = memory;
    }

    Q query() {
        return query;
    }

    void join(Joining<Q, W> reader) {
        joining.add(reader);
    }

    /** Its readers need all rows anew, and not those that are being read. */
    void beginAnew() {
        anew = !readers.isEmpty();
        reading = null;
    }

    /** Rows may have changed otherwise than by events: its readers are to be told of those that have. */
    void alter() {
        altered = !readers.isEmpty();
        reading = null;
    }

    /** Its rows begin to be read. */
    Reading<Q, W> read(String seen) {
        meanwhile.clear();
        Reading<Q, W> begun = new Reading<>(this, seen);
        reading = begun;
        return begun;
    }

    boolean isBeingRead() {
        return reading != null;
    }

    /** Its rows have been read; false if nobody needs these any more. */
    boolean hasRead(Reading<Q, W> done) {
        if (reading != done) {
            return false;
        }
        reading = null;
        return !isEmpty();
    }

    /** The rows that have changed while its rows were read; null if they are too many to be told. */
    @Nullable Set<String> meanwhile() {
        return meanwhile.size() > MOST_MEANWHILE ? null : meanwhile;
    }

    /** Its rows are not to be read for a while. */
    void rest(Duration time) {
        dueAt = System.nanoTime() + time.toNanos();
    }

    boolean isDue(long now) {
        return now - dueAt >= 0;
    }

    /** Whether anybody waits for all rows, or for what is different in them. */
    boolean needsRows() {
        return anew || altered || !joining.isEmpty();
    }

    boolean isEmpty() {
        return readers.isEmpty() && joining.isEmpty();
    }

    /**
     * A row is like this now.
     *
     * @return whether that is the first of the round that concerns a reader
     */
    boolean changed(String key, @Nullable LiveRow<Q, W> row) {
        if (reading != null && meanwhile.size() <= MOST_MEANWHILE) {
            meanwhile.add(key);
        }
        if (readers.isEmpty() || anew) {
            return false;
        }
        boolean first = changes.isEmpty();
        if (row != null && row.matches(query)) {
            tell(row);
        } else if (marks.remove(key) != null) {
            forget(key);
            add(key, null, 0);
        }
        return first && !changes.isEmpty();
    }

    private void tell(LiveRow<Q, W> row) {
        watch(row.key(), row.mark());
        add(row.key(), row.row(), row.bytes());
    }

    private void add(String key, @Nullable W row, int bytes) {
        changes.add(new Change<>(key, row));
        changeBytes += OVERHEAD + bytes;
    }

    private void watch(String key, long mark) {
        if (marks.put(key, mark) == null) {
            keyBytes += key.length() + OVERHEAD;
            memory.claim(key.length() + OVERHEAD);
        }
    }

    private void forget(String key) {
        keyBytes -= key.length() + OVERHEAD;
        memory.give(key.length() + OVERHEAD);
    }

    /** Tells its readers what has changed. */
    void flush(String seen, int mostRows) {
        if (marks.size() > mostRows) {
            end(Reason.QUERY_TOO_LARGE);
        } else if (!memory.take(changeBytes)) {
            end(Reason.OVERLOADED);
        } else {
            Shared<W> batch = new Shared<>(new LiveBatch.Changed<>(List.copyOf(changes), seen), changes.size(),
                    changeBytes,
                    memory);
            readers.forEach(reader -> reader.offer(batch));
            batch.release();
        }
        changes.clear();
        changeBytes = 0;
    }

    /**
     * Gives all rows to those who have just come, and to all if they need them anew.
     *
     * <p>
     * What is read may be newer than the last change that was told. So the keys that match are those of before and of now
     * together: a row that is among the one and not the other has changed meanwhile, and will be looked at.
     *
     * @return false if there is no memory for them
     */
    boolean begin(List<LiveRow<Q, W>> rows, String seen) {
        long bytes = rows.stream().mapToLong(row -> (long) row.bytes() + OVERHEAD).sum();
        if (!memory.take(bytes)) {
            return false;
        }
        Shared<W> now = new Shared<>(new LiveBatch.Now<>(rows.stream().map(LiveRow::row).toList(), seen), 0, bytes,
                memory);
        if (anew) {
            forgetKeys();
            readers.forEach(reader -> reader.begin(now));
        }
        watch(rows, anew || readers.isEmpty());
        anew = false;
        for (Joining<Q, W> each : joining) {
            LiveReader<W> reader = new LiveReader<>();
            reader.begin(now);
            readers.add(reader);
            each.begin(reader);
        }
        joining.clear();
        now.release();
        return true;
    }

    /** A row that is new to some readers only, or known to others as it was before, has no mark that holds for all. */
    private void watch(List<LiveRow<Q, W>> rows, boolean toldToAll) {
        for (LiveRow<Q, W> row : rows) {
            if (toldToAll) {
                watch(row.key(), row.mark());
            } else if (!marks.containsKey(row.key())) {
                watch(row.key(), ~row.mark());
            }
        }
    }

    /**
     * If its rows may have changed otherwise than by events: these are the rows.
     *
     * @return whether any of them are not as readers know them
     */
    boolean compare(List<LiveRow<Q, W>> rows) {
        if (!altered || anew) {
            altered = false;
            return false;
        }
        altered = false;
        Set<String> gone = new HashSet<>(marks.keySet());
        for (LiveRow<Q, W> row : rows) {
            gone.remove(row.key());
            if (!Objects.equals(marks.get(row.key()), row.mark())) {
                tell(row);
            }
        }
        for (String key : gone) {
            marks.remove(key);
            forget(key);
            add(key, null, 0);
        }
        return !changes.isEmpty();
    }

    /** Tells those who want to join that they cannot. */
    void refuse(RuntimeException why) {
        joining.forEach(each -> each.reader().completeExceptionally(why));
        joining.clear();
    }

    /** Lets go of the readers who have gone or did not keep up. */
    void drop(long now) {
        readers.removeIf(reader -> reader.isOver(now));
        if (isEmpty()) {
            forgetKeys();
        }
    }

    /** Its readers get no more. */
    void end(Reason reason) {
        readers.forEach(reader -> reader.end(reason));
        readers.clear();
        anew = false;
        altered = false;
        forgetKeys();
    }

    private void forgetKeys() {
        memory.give(keyBytes);
        keyBytes = 0;
        marks.clear();
    }
}

package io.ritsem.projections.live;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.engine.TouchedKeys;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.live.LiveBatch.Reason;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What one view's live readers are told, in rounds. Confined to its view's thread, while anybody reads.
 *
 * <p>
 * Nothing is lost: a row that is read contains every event that the view had passed; every event after that comes in a
 * slice, and its rows are read again when the view has passed it. Of what lies between two slices that do not meet, or
 * before the first of them, the rows are not known: when the view has passed it, everybody begins anew. What has changed
 * otherwise than by events, as when dead letters are mended, is found by reading all rows again.
 */
final class LiveFeed<Q extends LiveQuery, W> {

    private static final int MOST_KEYS = 20_000;
    private static final int KEYS_AT_ONCE = 500;
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final Duration MOMENT = Duration.ofMillis(10);

    private final Supplier<LiveTable<Q, W>> serving;
    private final TouchedKeys touched;
    private final int partitions;
    private final LiveGroups<Q, W> groups;
    private final Deque<Touch> pending = new ArrayDeque<>();
    private int pendingKeys;
    private @Nullable LiveTable<Q, W> last; // the table of the round before
    private @Nullable Position place; // up to which the journal has been seen
    private @Nullable Position gap; // up to which the touched rows are not known
    private String seen = "";
    private long looked = System.nanoTime(); // whether the view has passed something
    private long checked = System.nanoTime(); // whether all readers are still there

    LiveFeed(String name, Supplier<LiveTable<Q, W>> serving, TouchedKeys touched, int partitions, LiveMemory memory) {
        this.serving = serving;
        this.touched = touched;
        this.partitions = partitions;
        this.groups = new LiveGroups<>(name, memory);
    }

    /**
     * Rows that events touch.
     *
     * @param upTo the last transaction of these events by partition
     */
    private record Touch(Map<Integer, Long> upTo, Set<String> keys) {}

    boolean isEmpty() {
        return groups.isEmpty();
    }

    void join(Joining<Q, W> reader) {
        groups.join(reader);
    }

    private void missAllUpTo(Position position) {
        gap = position;
        pending.clear();
        pendingKeys = 0;
    }

    /** The tail has brought something. */
    void take(Inbox.Arrived arrived) {
        if (place == null) {
            gap = arrived.from();
        }
        if (arrived.broken()) {
            missAllUpTo(arrived.to());
        } else {
            touch(arrived.events());
            if (pendingKeys > MOST_KEYS) {
                missAllUpTo(arrived.to());
            }
        }
        place = arrived.to();
    }

    private void touch(List<RecordedEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        // The first may be under way to the readers; whatever waits behind it becomes one.
        if (pending.size() <= 1) {
            pending.addLast(new Touch(new HashMap<>(), new LinkedHashSet<>()));
        }
        Touch last = pending.getLast();
        for (RecordedEvent event : events) {
            for (String key : touched.of(event)) {
                pendingKeys += last.keys().add(key) ? 1 : 0;
            }
            last.upTo().merge(event.partition(), event.position().transactionId(), Math::max);
        }
    }

    /**
     * Tells the readers what the view has passed, and gives the rows to those who wait for them.
     *
     * @return after what time there is more to do, whatever comes
     * @throws SQLException if the database does not answer; try again later
     * @throws UnavailableException the same
     */
    Duration round() throws SQLException, InterruptedException {
        LiveTable<Q, W> table = serving.get();
        if (last != null && last.generation() != table.generation()) {
            beginAnew();
        } else if (last != null && last.revision() != table.revision()) {
            groups.alter();
        }
        last = table;
        if (place == null) {
            table.progress().wakeTail();
        } else {
            if (seen.isEmpty()) {
                seen = table.passed().encode();
            }
            if (closeGap(table)) {
                apply(table);
            }
            groups.read(table, seen);
        }
        long now = System.nanoTime();
        if (now - checked >= CHECK.toNanos()) {
            checked = now;
            groups.drop(now);
        }
        boolean waitsForView = (gap != null || !pending.isEmpty()) && !table.progress().stopped();
        if (place == null) {
            return CHECK;
        }
        return waitsForView ? Duration.ZERO : groups.isWaiting() ? MOMENT : CHECK;
    }

    /** There are other rows. */
    private void beginAnew() {
        groups.beginAnew();
        if (place != null) {
            missAllUpTo(place);
        }
    }

    private boolean closeGap(LiveTable<Q, W> table) throws SQLException, InterruptedException {
        @Nullable Position before = gap;
        if (before == null) {
            return true;
        }
        Map<Integer, Long> upTo = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(partition -> partition, _ -> before.transactionId()));
        if (!hasPassed(table.progress(), upTo)) {
            return false;
        }
        gap = null;
        groups.beginAnew();
        return true;
    }

    private boolean hasPassed(ViewProgress progress, Map<Integer, Long> upTo)
            throws SQLException, InterruptedException {
        long now = System.nanoTime();
        if (progress.stopped() && now - looked < CHECK.toNanos()) {
            return false;
        }
        looked = now;
        return progress.awaitPassedAtLeisure(upTo, PATIENCE);
    }

    private void apply(LiveTable<Q, W> table) throws SQLException, InterruptedException {
        @Nullable Touch first = pending.peekFirst();
        if (first == null || !hasPassed(table.progress(), first.upTo())) {
            return;
        }
        ConsistencyToken passed = table.passed();
        String after = passed.merge(new ConsistencyToken(passed.epoch(), first.upTo())).encode();
        List<String> keys = new ArrayList<>(first.keys());
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            int to = Math.min(keys.size(), from + KEYS_AT_ONCE);
            tell(new HashSet<>(keys.subList(from, to)), table);
            groups.flush(to == keys.size() ? after : seen);
        }
        seen = after;
        pending.removeFirst();
        pendingKeys -= keys.size();
    }

    /** Of large rows some at a time, so that no more are held than there is memory for. */
    private void tell(Set<String> keys, LiveTable<Q, W> table) {
        LiveTable.Rows<Q, W> rows = table.rows(keys);
        while (!rows.all()) {
            rows.found().forEach(groups::changed);
            groups.flush(seen);
            keys.removeAll(rows.found().keySet());
            rows = table.rows(keys);
        }
        for (String key : keys) {
            groups.changed(key, rows.found().get(key));
        }
    }

    /** Tells those who wait to begin that they cannot. */
    void refuse(RuntimeException why) {
        groups.refuse(why);
    }

    /** Nobody gets any more. */
    void end(RuntimeException refusal, Reason reason) {
        groups.end(refusal, reason);
    }
}

package io.ritsem.projections.live;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveBatch.Reason;
import io.ritsem.runtime.gateway.UnavailableException;

/** The readers of a view by what they ask for. Confined to the feed's thread. */
final class LiveGroups<Q extends LiveQuery, W> {

    private static final int MOST_ROWS = 10_000;
    private static final long MOST_BYTES = 8 << 20;
    /** So that those who read already do not wait long for those who begin. */
    private static final int MOST_AT_ONCE = 50;
    private static final Duration LONGEST_AT_ONCE = Duration.ofMillis(250);

    private final LiveMemory memory;
    private final Map<Q, Group<Q, W>> groups = new HashMap<>();
    private final Map<String, Set<Group<Q, W>>> byKey = new HashMap<>(); // those whose query names the key
    private final Set<Group<Q, W>> ofAnyKey = new LinkedHashSet<>(); // all others
    private final Set<Group<Q, W>> waiting = new LinkedHashSet<>(); // those that are to be read
    private final List<Group<Q, W>> changed = new ArrayList<>();

    LiveGroups(LiveMemory memory) {
        this.memory = memory;
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Whether somebody waits for rows. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    void join(Joining<Q, W> reader) {
        Group<Q, W> group = groups.computeIfAbsent(reader.query(), query -> {
            Group<Q, W> first = new Group<>(query, memory);
            @Nullable String key = query.onlyKey();
            if (key == null) {
                ofAnyKey.add(first);
            } else {
                byKey.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(first);
            }
            return first;
        });
        group.join(reader);
        waiting.add(group);
    }

    /** All readers need all rows anew. */
    void beginAnew() {
        for (Group<Q, W> group : groups.values()) {
            group.beginAnew();
            waiting.add(group);
        }
    }

    /** A row is like this now, or is not any more. */
    void changed(String key, @Nullable LiveRow<Q, W> row) {
        byKey.getOrDefault(key, Set.of()).forEach(group -> changed(group, key, row));
        ofAnyKey.forEach(group -> changed(group, key, row));
    }

    private void changed(Group<Q, W> group, String key, @Nullable LiveRow<Q, W> row) {
        if (group.changed(key, row)) {
            changed.add(group);
        }
    }

    /** Tells the readers what has changed. */
    void flush(String seen) {
        changed.forEach(group -> group.flush(seen, MOST_ROWS));
        changed.clear();
    }

    /**
     * Reads the rows of some of those that wait for them.
     *
     * @throws UnavailableException if they cannot be read now, and somebody still waits for them
     */
    void read(LiveTable<Q, W> table) throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        String seen = table.passed().encode();
        long deadline = System.nanoTime() + LONGEST_AT_ONCE.toNanos();
        Iterator<Group<Q, W>> next = waiting.iterator();
        for (int read = 0; read < MOST_AT_ONCE && next.hasNext() && System.nanoTime() - deadline < 0; read++) {
            Group<Q, W> group = next.next();
            if (!group.isEmpty()) {
                read(group, table, seen);
            }
            next.remove();
        }
    }

    private void read(Group<Q, W> group, LiveTable<Q, W> table, String seen) {
        try {
            if (!group.begin(table.matching(group.query(), MOST_ROWS, MOST_BYTES), seen)) {
                group.refuse(new UnavailableException("overloaded"));
                group.end(Reason.OVERLOADED);
            }
        } catch (LiveQueryTooLargeException tooLarge) {
            group.refuse(tooLarge);
            group.end(Reason.QUERY_TOO_LARGE);
        } catch (UnavailableException unavailable) {
            group.refuse(unavailable);
            if (unavailable.reason().equals("query-too-slow")) {
                group.end(Reason.OVERLOADED);
            } else if (group.hasReaders()) {
                throw unavailable;
            }
        } catch (RuntimeException bug) {
            group.refuse(bug);
            if (group.hasReaders()) {
                throw bug;
            }
        }
    }

    /** Lets go of readers who have gone or did not keep up. */
    void drop(long now) {
        groups.values().removeIf(group -> {
            group.drop(now);
            if (group.isEmpty()) {
                leave(group);
            }
            return group.isEmpty();
        });
    }

    private void leave(Group<Q, W> group) {
        @Nullable String key = group.query().onlyKey();
        if (key == null) {
            ofAnyKey.remove(group);
        } else {
            byKey.computeIfPresent(key, (_, of) -> of.remove(group) && of.isEmpty() ? null : of);
        }
        waiting.remove(group);
    }

    /** Nobody gets any more. */
    void end(Reason reason) {
        groups.values().forEach(group -> {
            group.refuse(new UnavailableException(reason == Reason.STOPPING ? "stopping" : "overloaded"));
            group.end(reason);
        });
        drop(System.nanoTime());
        changed.clear();
    }
}

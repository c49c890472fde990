package io.ritsem.projections.live;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.live.LiveBatch.Reason;
import io.ritsem.runtime.gateway.UnavailableException;

/** The readers of a view by what they ask for. Confined to the feed's thread; each {@link Reading} has one of its own. */
final class LiveGroups<Q extends LiveQuery, W> {

    private static final Logger LOG = LoggerFactory.getLogger(LiveGroups.class);
    private static final int MOST_ROWS = 10_000;
    private static final long MOST_BYTES = 8 << 20;
    /** A slow one holds up nobody; and others than live readers need connections, too. */
    private static final int READ_AT_ONCE = 2;
    /** So that those who read already do not wait long for those who begin. */
    private static final Duration LONGEST_AT_ONCE = Duration.ofMillis(250);
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    private static final String TOO_SLOW = "query-too-slow";

    private final String name;
    private final LiveMemory memory;
    private final Map<Q, Group<Q, W>> groups = new HashMap<>();
    private final Map<String, Set<Group<Q, W>>> byKey = new HashMap<>(); // those whose query names the key
    private final Set<Group<Q, W>> ofAnyKey = new LinkedHashSet<>(); // all others
    private final Set<Group<Q, W>> waiting = new LinkedHashSet<>(); // those that are to be read
    private final List<Group<Q, W>> changed = new ArrayList<>();
    private final BlockingQueue<Reading<Q, W>> read = new LinkedBlockingQueue<>(); // no more than run at once
    private int running; // readings, also those that nobody needs any more
    private boolean struggling;

    LiveGroups(String name, LiveMemory memory) {
        this.name = name;
        this.memory = memory;
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Whether somebody waits for rows. */
    boolean isWaiting() {
        return !waiting.isEmpty() || running > 0;
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
        if (!group.isBeingRead()) {
            waiting.add(group);
        }
    }

    /** All readers need all rows anew. */
    void beginAnew() {
        for (Group<Q, W> group : groups.values()) {
            group.beginAnew();
            waiting.add(group);
        }
    }

    /** Rows may have changed otherwise than by events: whoever reads is told of those that have. */
    void alter() {
        for (Group<Q, W> group : groups.values()) {
            group.alter();
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
     * Has the rows read of those that wait for them, and gives them those that have been read. Whose rows take longer than a
     * moment gets them in a later round: that concerns nobody else, and neither does a failure.
     *
     * @param told what the readers have been told up to, as a consistency token
     */
    void read(LiveTable<Q, W> table, String told) throws SQLException, InterruptedException {
        long now = System.nanoTime();
        String seen = waiting.stream().anyMatch(group -> group.isDue(now)) ? table.passed().encode() : "";
        do {
            while (running < READ_AT_ONCE && beginToRead(table, seen, now)) {
                running++;
            }
            @Nullable Reading<Q, W> done = running == 0 ? null : read.poll(MOMENT.toNanos(), TimeUnit.NANOSECONDS);
            if (done == null) {
                return;
            }
            running--;
            if (done.group().hasRead(done)) {
                give(done, table, told);
            }
        } while (System.nanoTime() - now < LONGEST_AT_ONCE.toNanos());
    }

    /** False if nobody waits whose turn it is. */
    private boolean beginToRead(LiveTable<Q, W> table, String seen, long now) {
        Optional<Group<Q, W>> first = waiting.stream().filter(group -> group.isDue(now)).findFirst();
        first.ifPresent(group -> {
            waiting.remove(group);
            Reading<Q, W> reading = group.read(seen);
            Thread.ofVirtual()
                    .name("ritsem-live-rows-" + name)
                    .start(() -> reading.run(table, MOST_ROWS, MOST_BYTES, read));
        });
        return first.isPresent();
    }

    private void give(Reading<Q, W> done, LiveTable<Q, W> table, String told) {
        Group<Q, W> group = done.group();
        @Nullable Throwable failure = done.failure();
        if (failure != null) {
            fail(group, failure);
            return;
        }
        try {
            @Nullable Set<String> meanwhile = group.meanwhile();
            if (meanwhile == null) {
                throw new UnavailableException(TOO_SLOW);
            }
            Map<String, LiveRow<Q, W>> since = matching(group.query(), meanwhile, table);
            if (group.compare(done.rows())) {
                changed.add(group);
            }
            if (!group.begin(done.rows(), done.seen())) {
                end(group, new UnavailableException("overloaded"), Reason.OVERLOADED);
                return;
            }
            meanwhile.forEach(key -> changed(group, key, since.get(key)));
            flush(told);
        } catch (RuntimeException failed) {
            fail(group, failed);
            return;
        }
        if (struggling && !isWaiting()) {
            struggling = false;
            LOG.info("The live readers of the view '{}' have their rows", name);
        }
    }

    /** Those of the rows of some keys that a query finds, which are to be no larger than all that it may find. */
    private Map<String, LiveRow<Q, W>> matching(Q query, Set<String> keys, LiveTable<Q, W> table) {
        Map<String, LiveRow<Q, W>> matching = new HashMap<>();
        Set<String> left = new HashSet<>(keys);
        long bytes = 0;
        while (!left.isEmpty()) {
            LiveTable.Rows<Q, W> rows = table.rows(left);
            for (LiveRow<Q, W> row : rows.found().values()) {
                if (row.matches(query)) {
                    matching.put(row.key(), row);
                    bytes += row.bytes();
                }
            }
            if (bytes > MOST_BYTES) {
                throw new LiveQueryTooLargeException(MOST_ROWS, MOST_BYTES);
            }
            left.removeAll(rows.all() ? keys : rows.found().keySet());
        }
        return matching;
    }

    private void fail(Group<Q, W> group, Throwable failure) {
        switch (failure) {
            case LiveQueryTooLargeException tooLarge -> end(group, tooLarge, Reason.QUERY_TOO_LARGE);
            case UnavailableException slow when slow.reason().equals(TOO_SLOW) -> end(group, slow,
                    Reason.QUERY_TOO_SLOW);
            case UnavailableException unavailable -> {
                group.refuse(unavailable);
                if (group.needsRows()) {
                    readLater(group, unavailable);
                }
            }
            case RuntimeException bug -> {
                end(group, bug, Reason.INTERNAL_ERROR);
            }
            default -> fail(group, new IllegalStateException("Rows could not be read", failure));
        }
    }

    private void readLater(Group<Q, W> group, UnavailableException unavailable) {
        group.rest(AFTER_FAILURE);
        waiting.add(group);
        if (!struggling) {
            struggling = true;
            LOG.warn("Live readers of the view '{}' wait for their rows ({}): {}", name, unavailable.reason(),
                    String.valueOf(unavailable.getCause()));
        }
    }

    /** Who has all rows and is told of changes goes on. */
    private void end(Group<Q, W> group, RuntimeException refusal, Reason reason) {
        group.refuse(refusal);
        if (group.needsRows()) {
            if (reason == Reason.INTERNAL_ERROR) {
                LOG.error("A bug ends live readers of the view '{}'", name, refusal);
            }
            group.end(reason);
        }
    }

    /** Tells those who wait to begin that they cannot. */
    void refuse(RuntimeException why) {
        groups.values().forEach(group -> group.refuse(why));
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
    void end(RuntimeException refusal, Reason reason) {
        refuse(refusal);
        groups.values().forEach(group -> group.end(reason));
        drop(System.nanoTime());
        changed.clear();
    }
}

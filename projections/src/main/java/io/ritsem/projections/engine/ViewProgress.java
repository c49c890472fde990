package io.ritsem.projections.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.JournalBacklog.Backlog;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * How far a view has come. Thread-safe: moved by the view's worker, asked by everyone.
 *
 * <p>
 * A cursor at {@code (transaction, ordering)} means: every event of its partition up to there is in the rows. After
 * reading up to the journal's end a cursor stands at the <em>end</em> of its last transaction
 * ({@link #endOf}), whether or not that transaction wrote here; only a batch that was cut in two leaves it in the middle
 * of one. So a view has passed {@code (partition, transaction)} when its cursor has reached that transaction's end, and
 * also when no event that it follows lies between cursor and transaction, which is asked of the journal when waiting
 * takes longer than usual (a transaction that is still open may hold the cursor back, or another node moves it).
 */
public final class ViewProgress {

    private static final Duration FIRST_LOOK = Duration.ofMillis(50);
    private static final Duration FIRST_LOOK_ELSEWHERE = Duration.ofMillis(10);
    private static final Duration LONGEST_LOOK = Duration.ofMillis(200);
    private static final Duration LAST_LOOK = Duration.ofSeconds(1);
    private static final int LONGEST_BACKLOG = 64;
    private static final Duration OLD = Duration.ofSeconds(3);

    private final ViewTable<?> table;
    private final ViewStore store;
    private final JournalReader journal;
    private final TailPulse tail;
    private final int cursors;
    private final SharedLook looks = new SharedLook(this::look);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile Map<Integer, Position> ours = Map.of(); // by the cursor's partition; written under lock, never changed
    private final Deque<Waiting> waiting = new ArrayDeque<>(); // guarded by lock
    private Measured measured = new Measured(Instant.EPOCH, Map.of()); // guarded by lock
    private volatile boolean stopped;
    private volatile boolean answering = true;

    public ViewProgress(ViewTable<?> table, ViewStore store, JournalReader journal, TailPulse tail) {
        this.table = table;
        this.store = store;
        this.journal = journal;
        this.tail = tail;
        this.cursors = table.keyed() ? 1 : journal.info().partitions();
    }

    // Events that were read and are not applied yet: the last one's place, the first one's time.
    private record Waiting(Position upTo, Instant since) {}

    // What the view lacked, by partition of the journal.
    private record Measured(Instant at, Map<Integer, Backlog> backlogs) {}

    /** The place behind all events of a transaction. */
    public static Position endOf(long transactionId) {
        return new Position(transactionId, Long.MAX_VALUE);
    }

    /**
     * Waits until the view has passed these transactions, and makes the tail hurry meanwhile; if it has stopped there is nothing to wait for, and if this
     * generation does not answer any more somebody else is to be asked.
     *
     * @param seen transaction ids by partition, as in a token of the journal's present epoch
     * @param atMost how long to wait; zero just looks
     * @return whether it has, in time
     * @throws SQLException if the database cannot be asked
     */
    public boolean awaitPassed(Map<Integer, Long> seen, Duration atMost) throws SQLException, InterruptedException {
        Map<Integer, Long> open = new HashMap<>(seen);
        if (passedHere(open, 0)) {
            return true;
        }
        try (TailPulse.Hurry _ = tail.hurry()) {
            return awaitOpen(open, atMost);
        }
    }

    /** The same for somebody who waits all the time, and for whom the tail need not hurry. */
    public boolean awaitPassedAtLeisure(Map<Integer, Long> seen, Duration atMost)
            throws SQLException, InterruptedException {
        Map<Integer, Long> open = new HashMap<>(seen);
        if (passedHere(open, 0)) {
            return true;
        }
        tail.wake();
        return awaitOpen(open, atMost);
    }

    private boolean awaitOpen(Map<Integer, Long> open, Duration atMost) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        long patience = patience(open).toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            if (passedHere(open, Math.min(left, patience))) {
                return true;
            }
            boolean last = left <= patience || stopped || !answering;
            if (passedAnywhere(open, last)) {
                return true;
            }
            if (last) {
                return false;
            }
            patience = Math.min(2 * patience, LONGEST_LOOK.toNanos());
        }
    }

    private boolean passedHere(Map<Integer, Long> open, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (true) {
                open.entrySet().removeIf(seen -> {
                    @Nullable Position cursor = ours.get(cursorOf(seen.getKey()));
                    return cursor != null && cursor.hasReached(endOf(seen.getValue()));
                });
                if (open.isEmpty() || left <= 0 || stopped || !answering) {
                    return open.isEmpty();
                }
                left = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks the database. The last look before an answer may wait longer for its turn. */
    private boolean passedAnywhere(Map<Integer, Long> open, boolean last) throws SQLException, InterruptedException {
        looks.settle(open, last ? LAST_LOOK : LONGEST_LOOK);
        return open.isEmpty();
    }

    private SharedLook.Found look(Map<Integer, Long> asked) throws SQLException {
        long now = System.nanoTime();
        Map<Integer, Position> byCursor = cursors();
        Map<Integer, Position> stands = new HashMap<>();
        Map<Integer, Position> behind = new HashMap<>();
        asked.forEach((partition, transaction) -> {
            Position cursor = byCursor.getOrDefault(cursorOf(partition), Position.START);
            stands.put(partition, cursor);
            if (!cursor.hasReached(endOf(transaction))) {
                behind.put(partition, cursor);
            }
        });
        return new SharedLook.Found(now, stands,
                behind.isEmpty() ? Map.of() : journal.firstAfter(behind, table.follows()));
    }

    private Duration patience(Map<Integer, Long> open) {
        lock.lock();
        try {
            boolean here = open.keySet().stream().allMatch(partition -> ours.containsKey(cursorOf(partition)));
            return here ? FIRST_LOOK : FIRST_LOOK_ELSEWHERE;
        } finally {
            lock.unlock();
        }
    }

    private int cursorOf(int partition) {
        return table.keyed() ? ViewTable.ALL_PARTITIONS : partition;
    }

    /**
     * Where the view's cursors stand, by partition ({@link ViewTable#ALL_PARTITIONS} in a keyed view), whoever moves
     * them.
     */
    public Map<Integer, Position> cursors() throws SQLException {
        Map<Integer, Position> here = here();
        return here.size() == cursors ? here : withOurs(store.cursors(table));
    }

    /** The same, asking on this connection if other nodes move some. */
    public Map<Integer, Position> cursors(Connection connection) throws SQLException {
        Map<Integer, Position> here = here();
        return here.size() == cursors ? here : withOurs(ViewStore.cursors(connection, table));
    }

    /** Ours may stand further than what is stored: a place without rows is written down only now and then. */
    private Map<Integer, Position> withOurs(Map<Integer, Position> stored) {
        Map<Integer, Position> all = new HashMap<>(stored);
        all.putAll(here());
        return all;
    }

    /** Where the cursors stand that this node moves; the same map until one of them is moved. */
    public Map<Integer, Position> here() {
        return ours;
    }

    /**
     * The transaction up to which all that a cursor has seen counts: its own, or, in the middle of it, the one before.
     */
    public static long passedBy(Position cursor) {
        return cursor.ordering() == Long.MAX_VALUE ? cursor.transactionId() : Math.max(0, cursor.transactionId() - 1);
    }

    /**
     * For how long the oldest event has been waiting that the view has not applied; zero if there is none. What hides the
     * journal's end counts as waiting. Of what this node moves it is known at once, of what others move, and of what our
     * own tail has not seen, as it was measured a second ago at most.
     */
    public Duration lag() {
        Duration lag = tail.blindness();
        Instant now = Instant.now();
        lock.lock();
        try {
            @Nullable Waiting first = ours.isEmpty() ? null : waiting.peekFirst();
            if (first != null) {
                lag = longer(lag, Duration.between(first.since(), now));
            }
            // What others move may have come further since: it counts as it was then, unless nobody measures any more.
            Instant then = now.isBefore(measured.at().plus(OLD)) ? measured.at() : now;
            for (Map.Entry<Integer, Backlog> seen : measured.backlogs().entrySet()) {
                @Nullable Position cursor = ours.get(cursorOf(seen.getKey()));
                if (cursor == null || !cursor.hasReached(seen.getValue().first())) {
                    lag = longer(lag, Duration.between(seen.getValue().since(), cursor == null ? then : now));
                }
            }
        } finally {
            lock.unlock();
        }
        return lag;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** What somebody else than the tail has found that the view lacks, by partition of the journal. */
    void observed(Map<Integer, Backlog> found) {
        lock.lock();
        try {
            measured = new Measured(Instant.now(), Map.copyOf(found));
        } finally {
            lock.unlock();
        }
    }

    /** Asks the tail to look at the journal now: somebody waits for what it finds. */
    public void wakeTail() {
        tail.wake();
    }

    /** Whether too much has failed for it to go on, so that it stands still until somebody mends it. */
    public boolean stopped() {
        return stopped;
    }

    /** Whether this generation answers: another may do in its place. */
    public boolean answering() {
        return answering;
    }

    /** Whoever waits for a generation that does not answer any more is told at once. */
    void setAnswering(boolean answers) {
        lock.lock();
        try {
            answering = answers;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** It tries again. */
    void resume() {
        stopped = false;
    }

    /** It goes no further: whoever waits for it is told at once. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Events are on their way to the view. */
    void noticed(RecordedEvent first, RecordedEvent last) {
        lock.lock();
        try {
            @Nullable Waiting latest = waiting.peekLast();
            if (latest != null && latest.upTo().hasReached(last.position())) {
                return;
            }
            if (latest != null && waiting.size() >= LONGEST_BACKLOG) {
                waiting.removeLast();
                waiting.addLast(new Waiting(last.position(), latest.since()));
            } else {
                waiting.addLast(new Waiting(last.position(), first.metadata().time()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody knows where the cursors stand until they are read again: who waits asks the database. */
    void doubt() {
        lock.lock();
        try {
            ours = Map.of();
        } finally {
            lock.unlock();
        }
    }

    /** The cursors that this node moves stand here now; those that are not named are moved by others. */
    void standsAt(Map<Integer, Position> cursors) {
        lock.lock();
        try {
            ours = Map.copyOf(cursors);
            cursors.values()
                    .stream()
                    .min(Position::compareTo)
                    .ifPresentOrElse(
                            slowest -> waiting.removeIf(events -> slowest.hasReached(events.upTo())), waiting::clear);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

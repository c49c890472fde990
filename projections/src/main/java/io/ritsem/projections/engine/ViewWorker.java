package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.CursorMove;
import io.ritsem.projections.store.GenerationSwitch.Outcome;
import io.ritsem.projections.store.Lease;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * Applies events to one view. Not thread-safe: one slice at a time.
 *
 * <p>
 * One rule covers a view that starts, one that was too slow for the tail and one that has got another partition: if a
 * slice begins beyond a cursor, the worker first reads by itself what lies between.
 */
final class ViewWorker<R> {

    private static final int ATTEMPTS = 3;
    private static final int LONGEST_READ_SECONDS = 60;

    private final ViewTable<R> table;
    private final EngineParts parts;
    private final EventHandlers<R> handlers;
    private final EventApplier<R> applier;
    private final ViewProgress progress;
    private final TransactionSize size;
    private final Map<Integer, Cursor> cursors = new HashMap<>();
    private long leaseRound;
    private long progressWritten = System.nanoTime();
    private @Nullable BuildReport building;
    private final Pace pace = new Pace();
    private final AtomicLong events = new AtomicLong();

    ViewWorker(ViewTable<R> table, EngineParts parts, ViewProgress progress) {
        this.table = table;
        this.parts = parts;
        this.handlers = new EventHandlers<>(table, parts.application());
        this.applier = new EventApplier<>(table, parts.store(), handlers, pace::rest);
        this.progress = progress;
        this.size = new TransactionSize(parts.settings().batch());
    }

    /**
     * Applies a slice, and before it all that lies between the cursors and its beginning.
     *
     * @throws ViewFailedException if the view cannot go on
     * @throws SQLException if the database does not do what it should; {@link #forget} and try again
     */
    void follow(Slice slice) throws SQLException {
        takeLeases();
        for (int attempt = 1; attempt <= ATTEMPTS && !cursors.isEmpty() && !pace.isStill(); attempt++) {
            boolean covered = slice.partitions().containsAll(needed());
            if (catchUp(covered ? slice.from() : slice.to())
                    && (pace.isStill() || !covered || apply(Batch.of(slice, table, cursors.values())))
                    && passOn(parts.settings().progressEvery().toNanos())) {
                return;
            }
            reread();
        }
    }

    private Set<Integer> needed() {
        if (!table.keyed()) {
            return cursors.keySet();
        }
        Set<Integer> all = new HashSet<>();
        for (int partition = 0; partition < parts.journal().info().partitions(); partition++) {
            all.add(partition);
        }
        return all;
    }

    private void takeLeases() throws SQLException {
        long round = parts.leases().round();
        if (round == leaseRound) {
            return;
        }
        leaseRound = round;
        Map<Integer, Lease> leases = parts.leases().of(table);
        boolean same = leases.keySet().equals(cursors.keySet()) && leases.values().stream().allMatch(this::isAsKnown);
        if (!same) {
            reread();
        }
    }

    /** A move does not wait for the disk: when the database has crashed, a cursor may stand further back again. */
    private boolean isAsKnown(Lease lease) {
        @Nullable Cursor cursor = cursors.get(lease.partition());
        return cursor != null && cursor.epoch() == lease.epoch() && cursor.stored().equals(lease.position());
    }

    /** Begins again from what the database says: another owner may have moved a cursor, or taken it. */
    private void reread() throws SQLException {
        Map<Integer, Lease> leases = parts.leases().reread(table);
        cursors.keySet().retainAll(leases.keySet());
        leases.forEach((partition, lease) -> {
            @Nullable Cursor known = cursors.get(partition);
            if (known == null || known.epoch() != lease.epoch() || !known.stored().equals(lease.position())) {
                cursors.put(partition, Cursor.of(lease));
            }
        });
        applier.reload();
        standStill();
    }

    /** After a failure nobody knows whether the last transaction was committed. */
    void forget() {
        cursors.clear();
        leaseRound = 0;
    }

    /** Reads by itself until all cursors have reached a place. The next batch is read while one is applied. */
    private boolean catchUp(Position target) throws SQLException {
        Map<Integer, Position> behind = behind(passed(), target);
        if (behind.isEmpty()) {
            return true;
        }
        Batch batch = read(behind);
        while (!pace.isStill()) {
            Map<Integer, Position> next = behind(batch.ends(), target);
            if (next.isEmpty()) {
                return apply(batch);
            }
            CompletableFuture<Batch> ahead = CompletableFuture.supplyAsync(() -> read(next), parts.executor());
            if (!apply(batch)) {
                return false;
            }
            rest(batch.events().size());
            batch = await(ahead);
        }
        return true;
    }

    private Batch read(Map<Integer, Position> after) {
        return Batch.read(parts.journal(), table, after, pace.batch(parts.settings().batch()));
    }

    private void rest(int taken) throws SQLException {
        try {
            pace.passed(taken);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static SQLException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SQLException("Interrupted", e);
    }

    private Batch await(CompletableFuture<Batch> reading) throws SQLException {
        try {
            return reading.get(LONGEST_READ_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JournalUnreadableException) {
                throw new SQLException("Reading ahead failed: " + e.getCause(), e);
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("Reading ahead failed", e);
        } catch (TimeoutException e) {
            throw new SQLException("The journal did not answer within " + LONGEST_READ_SECONDS + " s", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Map<Integer, Position> passed() {
        Map<Integer, Position> passed = new HashMap<>();
        cursors.forEach((partition, cursor) -> passed.put(partition, cursor.passed()));
        return passed;
    }

    private static Map<Integer, Position> behind(Map<Integer, Position> cursors, Position target) {
        Map<Integer, Position> behind = new HashMap<>(cursors);
        behind.values().removeIf(position -> position.hasReached(target));
        return behind;
    }

    /** In transactions that are short; false if a cursor was not where it should be. */
    private boolean apply(Batch batch) throws SQLException {
        Batch left = batch;
        while (left.events().size() > size.events()) {
            List<Batch> cut = left.cutAfter(size.events());
            if (!applyAtOnce(cut.getFirst())) {
                return false;
            }
            left = cut.getLast();
        }
        return applyAtOnce(left);
    }

    /** One transaction, if there is anything to write; false if a cursor was not where it should be. */
    private boolean applyAtOnce(Batch batch) throws SQLException {
        List<RecordedEvent> followed = batch.events().stream().filter(handlers::follows).toList();
        Map<Integer, Long> read = new HashMap<>();
        batch.events().forEach(event -> read.merge(Batch.cursorOf(table, event), 1L, Long::sum));
        Set<Integer> touched = new HashSet<>();
        if (!followed.isEmpty()) {
            progress.noticed(followed.getFirst(), followed.getLast());
            followed.forEach(event -> touched.add(Batch.cursorOf(table, event)));
            List<CursorMove> moves = new ArrayList<>();
            for (Cursor cursor : cursors.values()) {
                if (touched.contains(cursor.partition())) {
                    moves.add(cursor.moveTo(end(batch, cursor), read.getOrDefault(cursor.partition(), 0L)));
                }
            }
            if (!applier.apply(moves, followed)) {
                return false;
            }
            size.was(batch.events().size(), applier.written());
        }
        cursors.replaceAll((partition, cursor) -> touched.contains(partition)
                ? cursor.movedTo(end(batch, cursor))
                : cursor.passedTo(end(batch, cursor), read.getOrDefault(partition, 0L)));
        report(batch.events().size(), followed.size());
        standStill();
        return true;
    }

    /** A part of a batch may end before a cursor that was ahead of the others: that one stays where it is. */
    private static Position end(Batch batch, Cursor cursor) {
        return Batch.later(cursor.passed(), batch.ends().getOrDefault(cursor.partition(), cursor.passed()));
    }

    private void report(int read, int followed) {
        events.addAndGet(followed);
        if (building != null) {
            building.passed(read);
        }
    }

    private void standStill() {
        progress.standsAt(passed());
    }

    /**
     * Writes down, now and then, that cursors have passed events of others: a restart would read them again. Whoever
     * waits on this node sees it at once without that, and on another asks the journal what lies between.
     */
    private boolean passOn(long everyNanos) throws SQLException {
        if (System.nanoTime() - progressWritten < everyNanos) {
            return true;
        }
        return writeProgress(cursors.values().stream().filter(cursor -> cursor.overtook() > 0).toList());
    }

    private boolean writeProgress(List<Cursor> overtook) throws SQLException {
        if (overtook.isEmpty()) {
            return true;
        }
        progressWritten = System.nanoTime();
        if (!parts.store()
                .commit(table, overtook.stream().map(cursor -> cursor.moveTo(cursor.passed(), 0)).toList(),
                        List.of())) {
            return false;
        }
        overtook.forEach(cursor -> cursors.put(cursor.partition(), cursor.movedTo(cursor.passed())));
        return true;
    }

    /** Begins to report how the generation is built, or goes on being built. */
    void startBuilding() throws SQLException {
        building = new BuildReport(table.id(), parts.journal().countAfter(Position.START), parts.store().events(table));
    }

    /** Reports no more. */
    void stopBuilding() {
        building = null;
    }

    /** Writes down where the cursors stand, and lets the generation serve if that is enough. */
    Outcome finishBuilding() throws SQLException {
        List<Cursor> ahead = cursors.values()
                .stream()
                .filter(cursor -> !cursor.stored().equals(cursor.passed()))
                .toList();
        if (pace.isStill() || !writeProgress(ahead)) {
            return Outcome.BEHIND;
        }
        Outcome outcome = parts.generations().complete(table.id());
        if (building != null && outcome != Outcome.BEHIND) {
            building.finished();
            building = null;
        }
        return outcome;
    }

    /** Says for everyone to see what keeps it from going on. */
    void trouble(String trouble) throws SQLException {
        parts.store().trouble(table, cursors.keySet(), trouble);
    }

    /** How many events it has been given. */
    long events() {
        return events.get();
    }

    /**
     * Holds it to a rate while it catches up.
     *
     * @param eventsPerSecond of all nodes together; 0 for no limit
     */
    void setRate(int eventsPerSecond) {
        int all = table.keyed() ? 1 : parts.journal().info().partitions();
        double share = (double) parts.leases().of(table).size() / all;
        pace.setRate(eventsPerSecond * share);
    }

    /** Makes a long catching up end after the present batch, and no other begin. */
    void setStill(boolean still) {
        pace.setStill(still);
    }
}

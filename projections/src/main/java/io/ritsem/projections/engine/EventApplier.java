package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.store.CursorMove;
import io.ritsem.projections.store.Failure;
import io.ritsem.projections.store.ParkedEvent;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * Applies events to the rows of a view and parks those that cannot be applied, in one transaction with the cursor.
 * Confined to the view's worker.
 *
 * <p>
 * Which keys are parked is read when cursors are read, after them, and rows that it has written are known from then on. Nobody
 * else changes either without moving a cursor or raising the epoch of its lease, so a cursor that can still be moved proves that
 * it is still so.
 */
final class EventApplier<R> {

    /**
     * That many single accounts, orders or days are not poisoned at once: it is a bug of the view, and to let its rows go
     * stale one by one would hide it. It also bounds what somebody has to look at, and what a worker keeps in memory.
     */
    static final int MOST_PARKED = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(EventApplier.class);
    private static final int TOLD_AT_ONCE = 5;

    private final ViewTable<R> table;
    private final ViewStore store;
    private final EventHandlers<R> handlers;
    private final ParkedKeys parked = new ParkedKeys();
    private final KnownRows known = new KnownRows();
    private final Attempts.Pause pause;
    private int written;

    EventApplier(ViewTable<R> table, ViewStore store, EventHandlers<R> handlers, Attempts.Pause pause) {
        this.table = table;
        this.store = store;
        this.handlers = handlers;
        this.pause = pause;
    }

    /** Reads which keys are parked, and believes no row that it knew. To be called after the cursors were read. */
    void reload() throws SQLException {
        known.forget();
        parked.replaceBy(store.parked(table));
    }

    /**
     * Applies events, all of them followed by the view.
     *
     * @return false if a cursor is not where it should be: nothing is changed
     * @throws ViewFailedException if more keys would be parked than there may be
     */
    boolean apply(List<CursorMove> moves, List<RecordedEvent> events) throws SQLException {
        Changes<R> changes = handlers.handle(events, parked, new Attempts(pause));
        Map<String, byte[]> stored = known.of(changes.keys(), keys -> store.load(table, keys));
        Folded folded = changes.fold(stored, Map.of());
        try {
            return commit(moves, folded);
        } catch (SQLException refusal) {
            if (!ViewStore.refuses(refusal)) {
                throw refusal;
            }
            Map<String, Failure> refused = new HashMap<>();
            store.refused(table, folded.rows()).forEach((key, why) -> refused.put(key, Failure.of(why)));
            if (refused.isEmpty()) {
                throw refusal;
            }
            return commit(moves, changes.fold(stored, refused));
        }
    }

    /** How many rows were written the last time. */
    int written() {
        return written;
    }

    private boolean commit(List<CursorMove> moves, Folded folded) throws SQLException {
        Map<ParkedKey, ParkedEvent> fresh = new LinkedHashMap<>();
        folded.parked()
                .stream()
                .filter(event -> !parked.has(event.key()))
                .forEach(
                        event -> fresh.putIfAbsent(event.key(), event));
        int keys = parked.size() + fresh.size();
        if (!fresh.isEmpty() && keys > MOST_PARKED) {
            throw new ViewFailedException(table.view(),
                    "would have dead letters of %,d keys; more than %,d are a bug of the view. The first of the new ones"
                            .formatted(keys, MOST_PARKED),
                    describe(fresh.values().iterator().next()));
        }
        if (!store.commit(table, moves, folded.rows(), folded.parked())) {
            return false;
        }
        written = folded.rows().size();
        known.written(folded.rows());
        fresh.keySet().forEach(parked::add);
        tell(List.copyOf(fresh.values()));
        return true;
    }

    private void tell(List<ParkedEvent> fresh) {
        fresh.stream()
                .limit(TOLD_AT_ONCE)
                .forEach(event -> LOG.error(
                        "The view '{}' cannot apply {}. It waits as a dead letter, as does all that follows for {}; all others go on",
                        table.view(), describe(event), event.key()));
        if (fresh.size() > TOLD_AT_ONCE) {
            LOG.error("The view '{}' has dead letters of {} more keys", table.view(), fresh.size() - TOLD_AT_ONCE);
        }
    }

    private static String describe(ParkedEvent parked) {
        RecordedEvent event = parked.event();
        @Nullable Failure failure = parked.failure();
        return "%s, event %d of %s: %s".formatted(event.manifest(), event.sequence(), event.entity().persistenceId(),
                failure == null ? "it waits behind another" : failure.error());
    }
}

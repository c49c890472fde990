package io.ritsem.projections.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.Failure;
import io.ritsem.projections.store.ParkedEvent;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.projections.store.StoredRow;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * What a batch of events does to the rows of a view: noted down in order, then carried out in memory, key by key, when
 * the rows have been loaded at once. Confined to who applies the batch.
 */
final class Changes<R> {

    private final ViewTable<R> table;
    private final ParkedKeys parked;
    private final Attempts attempts;
    private final Map<String, List<Change<R>>> changes = new LinkedHashMap<>(); // by key, in order
    private final List<ParkedEvent> byEntity = new ArrayList<>();

    /** @param parked the keys whose events have to wait */
    Changes(ViewTable<R> table, ParkedKeys parked, Attempts attempts) {
        this.table = table;
        this.parked = parked;
        this.attempts = attempts;
    }

    private record Change<R>(RecordedEvent event, UnaryOperator<@Nullable R> change) {}

    /** An event may change a key more than once: all of that counts, or nothing. */
    void add(String key, RecordedEvent event, UnaryOperator<@Nullable R> change) {
        changes.computeIfAbsent(key, _ -> new ArrayList<>(2)).add(new Change<>(event, change));
    }

    /** An event waits for its entity. */
    void park(RecordedEvent event, @Nullable Failure failure) {
        byEntity.add(new ParkedEvent(ParkedKey.entity(event.entity()), event, failure, null));
    }

    /** The keys whose rows it takes to carry everything out. */
    Collection<String> keys() {
        return changes.keySet().stream().filter(key -> !parked.hasRow(key)).toList();
    }

    /**
     * Carries everything out. A key that fails keeps its row as it was before the event that failed; that event and all
     * later ones of the key are parked.
     *
     * @param stored the rows of {@link #keys} that there are
     * @param refused rows that the database does not take, and why: their keys are parked from their first event on
     */
    Folded fold(Map<String, byte[]> stored, Map<String, Failure> refused) {
        Folded folded = new Folded(new ArrayList<>(changes.size()), new ArrayList<>(byEntity));
        changes.forEach((key, ofKey) -> {
            if (parked.hasRow(key)) {
                park(key, ofKey, null, folded);
            } else if (refused.containsKey(key)) {
                park(key, ofKey, refused.get(key), folded);
            } else {
                fold(key, ofKey, stored.get(key), folded);
            }
        });
        return folded;
    }

    private void fold(String key, List<Change<R>> ofKey, byte @Nullable [] stored, Folded folded) {
        Outcome outcome = carryOut(ofKey, stored, false);
        if (outcome.failure() != null) {
            park(key, ofKey.subList(outcome.done(), ofKey.size()), outcome.failure(), folded);
        }
        if (outcome.done() > 0 && (outcome.row() != null || stored != null)) {
            folded.rows().add(new StoredRow(key, outcome.row(), ofKey.get(outcome.done() - 1).event()));
        }
    }

    /**
     * How far a key has come.
     *
     * @param done how many changes were carried out
     * @param row what they made
     * @param failure what kept it from going on, null if all is done
     */
    private record Outcome(int done, byte @Nullable [] row, @Nullable Failure failure) {}

    /** @param writeEach whether to write the row as JSON after each event: that tells which one it was that spoilt it */
    private Outcome carryOut(List<Change<R>> ofKey, byte @Nullable [] stored, boolean writeEach) {
        int done = 0;
        byte @Nullable [] json = stored;
        try {
            @Nullable R row = stored == null ? null : attempts.call(() -> table.rowType().decodeStored(stored));
            while (done < ofKey.size()) {
                int end = endOfEvent(ofKey, done);
                List<Change<R>> ofEvent = ofKey.subList(done, end);
                @Nullable R before = row;
                row = attempts.<@Nullable R>call(() -> apply(ofEvent, before));
                if (writeEach) {
                    json = encode(row);
                }
                done = end;
            }
            return new Outcome(done, writeEach ? json : encode(row), null);
        } catch (HandlerFailedException e) {
            return writeEach ? new Outcome(done, json, e.failure()) : failed(ofKey, stored, done, e);
        }
    }

    /** Nothing was done, or all up to an event, or all but the last step: then it is not known yet which event it was. */
    private Outcome failed(List<Change<R>> ofKey, byte @Nullable [] stored, int done, HandlerFailedException failure) {
        return done == 0 ? new Outcome(0, stored, failure.failure()) : carryOut(ofKey, stored, true);
    }

    private byte @Nullable [] encode(@Nullable R row) throws HandlerFailedException {
        return row == null ? null : attempts.call(() -> table.rowType().encode(row));
    }

    private static <R> @Nullable R apply(List<Change<R>> changes, @Nullable R before) {
        @Nullable R row = before;
        for (Change<R> change : changes) {
            row = change.change().apply(row);
        }
        return row;
    }

    private static int endOfEvent(List<? extends Change<?>> ofKey, int start) {
        int end = start + 1;
        while (end < ofKey.size()
                && ofKey.get(end).event().position().equals(ofKey.get(start).event().position())) {
            end++;
        }
        return end;
    }

    private void park(String key, List<Change<R>> ofKey, @Nullable Failure failure, Folded folded) {
        ParkedKey waiting = ParkedKey.row(key);
        @Nullable Failure reason = failure;
        for (int i = 0; i < ofKey.size(); i = endOfEvent(ofKey, i)) {
            folded.parked().add(new ParkedEvent(waiting, ofKey.get(i).event(), reason, null));
            reason = null;
        }
    }
}

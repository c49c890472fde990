package io.ritsem.projections.engine;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.engine.DeadLetters.Action;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.store.DeadLetter;
import io.ritsem.projections.store.DeadLetterStore;
import io.ritsem.projections.store.Failure;
import io.ritsem.projections.store.ParkedEvent;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.projections.store.Repair;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.json.JsonType;

/**
 * Applies the dead letters of one key of one generation of a view, in order, some in each transaction. Confined to one
 * call. The events are read before the cursor is locked, so that it is locked for the fold and the writes alone.
 */
final class KeyRepair<R> {

    private static final int MOST_AT_ONCE = 500;

    private final ViewTable<R> table;
    private final ParkedKey key;
    private final EventHandlers<R> handlers;
    private final JournalReader journal;
    private final DeadLetterStore store;
    private int limit = MOST_AT_ONCE;

    KeyRepair(ViewTable<R> table, ParkedKey key, ApplicationModel application, JournalReader journal,
            DeadLetterStore store) {
        this.table = table;
        this.key = key;
        this.handlers = new EventHandlers<>(table, application);
        this.journal = journal;
        this.store = store;
    }

    /**
     * What a transaction has come to.
     *
     * @param applied how many dead letters are in the rows now
     * @param failure why the next one cannot be applied, null if it was not tried
     */
    private record Step(int applied, @Nullable Failure failure) {}

    /**
     * Begins with the first ones, whatever the time, and goes on until the deadline: what was asked for is to be done in
     * every generation.
     *
     * @param deadline as {@link System#nanoTime} tells it
     * @return null if the key has no dead letters
     */
    @Nullable Mended run(Action action, long deadline) throws SQLException {
        long applied = 0;
        @Nullable Step last = null;
        @Nullable Failure refusal = null;
        do {
            List<DeadLetter> letters = store.letters(table, key, limit);
            if (letters.isEmpty()) {
                break;
            }
            Work work = new Work(last == null ? action : null, read(letters), refusal);
            try {
                @Nullable Step step = store.repair(table, key, letters.getFirst().partition(),
                        repair -> step(repair, work));
                last = step == null ? last : step;
                applied += step == null ? 0 : step.applied();
            } catch (SQLException e) {
                if (!ViewStore.refuses(e)) {
                    throw e;
                }
                // A smaller step tells which event makes the row that the database does not take.
                refusal = limit > 1 ? null : Failure.of(e);
                limit = Math.max(1, limit / 2);
            }
        } while ((last == null || last.failure() == null) && System.nanoTime() - deadline < 0);
        long waiting = store.count(table, key);
        return last == null && waiting == 0 ? null
                : new Mended(table.generation(), applied, waiting, last == null ? null : last.failure());
    }

    private Map<Position, RecordedEvent> read(List<DeadLetter> letters) {
        Map<Position, RecordedEvent> events = new HashMap<>();
        List<JournalReader.Place> places = letters.stream()
                .map(letter -> new JournalReader.Place(letter.entity(), letter.sequence()))
                .toList();
        journal.events(places).forEach(event -> events.put(event.position(), event));
        return events;
    }

    /**
     * What is to be done in a transaction.
     *
     * @param action what was asked for, in the first one; null in those that follow
     * @param events the events that were read for it
     * @param refusal what the database has against the row that the first dead letter makes, null if it is not known
     */
    private record Work(@Nullable Action action, Map<Position, RecordedEvent> events, @Nullable Failure refusal) {}

    /** Returns null if others have meanwhile done what was to be done. */
    private @Nullable Step step(Repair repair, Work work) throws SQLException {
        @Nullable Action action = work.action();
        if (action instanceof Action.EditAndRetry(var edit, _) && !repair.edit(edit)) {
            throw new NoSuchLetterException(edit.entity(), edit.sequence(), key);
        }
        List<DeadLetter> letters = repair.letters(limit)
                .stream()
                .takeWhile(letter -> work.events().containsKey(letter.position()))
                .toList();
        if (letters.isEmpty()) {
            return null;
        }
        DeadLetter first = letters.getFirst();
        if (action instanceof Action.Skip(var only, _) && only != null
                && !only.equals(new JournalReader.Place(first.entity(), first.sequence()))) {
            throw new NoSuchLetterException(only, first, key);
        }
        if (action != null) {
            repair.audit(action.name(), action.reason(), details(first, action));
        }
        if (action instanceof Action.Skip) {
            repair.delete(first.position());
            return apply(repair, letters.subList(1, letters.size()), work.events());
        }
        if (work.refusal() != null) {
            repair.fail(first.position(), work.refusal());
            return new Step(0, work.refusal());
        }
        return apply(repair, letters, work.events());
    }

    private Step apply(Repair repair, List<DeadLetter> letters, Map<Position, RecordedEvent> read)
            throws SQLException {
        Map<Position, byte[]> edited = new HashMap<>();
        List<RecordedEvent> events = new ArrayList<>();
        for (DeadLetter letter : letters) {
            RecordedEvent event = Objects.requireNonNull(read.get(letter.position()));
            byte @Nullable [] json = letter.edited();
            if (json != null) {
                edited.put(letter.position(), json);
            }
            events.add(json == null ? event : edited(event, json));
        }
        Folded folded = fold(repair, events);
        List<ParkedEvent> ofOthers = new ArrayList<>();
        @Nullable Position stays = null;
        @Nullable Failure failure = null;
        for (ParkedEvent parked : folded.parked()) {
            if (!parked.key().equals(key)) {
                ofOthers.add(parked.with(edited.get(parked.event().position())));
            } else if (stays == null) {
                stays = parked.event().position();
                failure = parked.failure();
                if (failure != null) {
                    repair.fail(stays, failure);
                }
            }
        }
        repair.write(folded.rows(), ofOthers);
        int applied = before(stays, letters);
        if (applied > 0) {
            repair.delete(letters.get(applied - 1).position());
        }
        return new Step(applied, failure);
    }

    /** Behind the first that stays all stay, also those that would do nothing. */
    private static int before(@Nullable Position stays, List<DeadLetter> letters) {
        return (int) letters.stream().takeWhile(letter -> !letter.position().equals(stays)).count();
    }

    private Folded fold(Repair repair, List<RecordedEvent> events) throws SQLException {
        if (!key.byEntity()) {
            return handlers.handleFor(key.key(), events, Attempts.single())
                    .fold(repair.rows(List.of(key.key())),
                            Map.of());
        }
        ParkedKeys parked = new ParkedKeys();
        Changes<R> changes = handlers.handle(events, parked, Attempts.single());
        repair.parkedRows(changes.keys()).forEach(row -> parked.add(ParkedKey.row(row)));
        return changes.fold(repair.rows(changes.keys()), Map.of());
    }

    private static RecordedEvent edited(RecordedEvent event, byte[] json) {
        return new RecordedEvent(event.entity(), event.sequence(), event.partition(), event.position(),
                event.manifest(), json, event.metadata());
    }

    private record Details(String view, int generation, String key, boolean byEntity, String entity, long sequence) {}

    private String details(DeadLetter first, Action action) {
        EntityId entity = action instanceof Action.EditAndRetry(var edit, _) ? edit.entity() : first.entity();
        long sequence = action instanceof Action.EditAndRetry(var edit, _) ? edit.sequence() : first.sequence();
        return new String(JsonType.encodeValue(new Details(table.view(), table.generation(), key.key(),
                key.byEntity(), entity.persistenceId(), sequence)), StandardCharsets.UTF_8);
    }
}

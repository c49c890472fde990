package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.store.DeadLetter;
import io.ritsem.projections.store.DeadLetterStore;
import io.ritsem.projections.store.Edit;
import io.ritsem.projections.store.Failure;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.projections.store.ParkedLine;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalReader.Place;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * The one door to dead letters, for operators: events that a view could not apply, and those that wait behind them. Works
 * on any node, whoever moves the cursors, for the generations that the node's application knows. Thread-safe; blocking.
 * Every method throws {@link UnavailableException} if the database does not answer, or the cursor is locked for too long.
 */
public final class DeadLetters {

    private static final Duration LONGEST_REPAIR = Duration.ofSeconds(10);

    private final ApplicationModel application;
    private final JournalReader journal;
    private final DeadLetterStore store;
    private final Supplier<? extends Collection<? extends ViewTable<?>>> tables;

    /** @param tables the generations of views that this node knows at the moment */
    public DeadLetters(ApplicationModel application, JournalReader journal, DeadLetterStore store,
            Supplier<? extends Collection<? extends ViewTable<?>>> tables) {
        this.application = application;
        this.journal = journal;
        this.store = store;
        this.tables = tables;
    }

    /** What to do with the dead letters of a key, and why: a {@link Reason}. */
    public sealed interface Action {

        /** Why, for the audit. */
        String reason();

        /** Its name in the audit. */
        default String name() {
            return switch (this) {
                case Retry _ -> "retry";
                case Skip _ -> "skip";
                case EditAndRetry _ -> "edit";
            };
        }

        /** Apply them all, in order, with the upcasters and handlers that there are now. */
        record Retry(String reason) implements Action {
            public Retry {
                Reason.check(reason);
            }
        }

        /**
         * Drop the first one, for this key only, then retry.
         *
         * @param only which it must be, so that another is never dropped when this is done twice; null for whichever it is
         */
        record Skip(@Nullable Place only, String reason) implements Action {
            public Skip {
                Reason.check(reason);
            }
        }

        /** Take another JSON for one of them, for this key only, then retry. A rebuilt view takes the journal's again. */
        record EditAndRetry(Edit edit, String reason) implements Action {
            public EditAndRetry {
                Reason.check(reason);
            }
        }
    }

    /**
     * What has become of a key's dead letters.
     *
     * @param generation of the view
     * @param applied how many are in the rows now
     * @param waiting how many are left
     * @param failure why the first of these cannot be applied; null if none is left, or if there was not enough time
     *     for all
     */
    public record Mended(int generation, long applied, long waiting, @Nullable Failure failure) {}

    /** A dead letter with its event as it is in the journal. */
    public record Letter(DeadLetter letter, RecordedEvent event) {}

    /**
     * A parked key.
     *
     * @param generation of the view
     * @param events how many events wait for it, counted up to 1,001: that many means 1,001 or more
     * @param since when the oldest of those that were counted was recorded; they are the first in the journal's order
     * @param first the one that holds up the others
     */
    public record Line(String view, int generation, ParkedKey key, long events, Instant since, Letter first) {

        /** Where it stands among all. */
        public After place() {
            return new After(view, generation, key);
        }
    }

    /** A place among all parked keys: by view, generation, rows before entities, key. */
    public record After(String view, int generation, ParkedKey key) {}

    /** The dead letters of a key in a generation: how many there are, and the first of them, in order. */
    public record Waiting(int generation, long events, List<Letter> first) {}

    /** The names of the views that there are. */
    public Set<String> views() {
        Set<String> names = new TreeSet<>();
        tables.get().forEach(table -> names.add(table.view()));
        return names;
    }

    /**
     * Parked keys, at most {@code limit}, and some 8 MiB of them, but one at least: whether there are more is told by asking
     * for what comes after the last.
     *
     * @param view of this view only, or null
     * @param after behind this place only, or null
     */
    public List<Line> list(@Nullable String view, @Nullable After after, int limit) {
        return asked(() -> {
            List<Line> lines = new ArrayList<>();
            for (ViewTable<?> table : tables(view)) {
                int order = after == null ? 1 : ORDER.compare(table, after);
                if (order >= 0) {
                    addLines(table, order > 0 || after == null ? null : after.key(), limit, lines);
                }
            }
            return lines;
        });
    }

    private void addLines(ViewTable<?> table, @Nullable ParkedKey after, int limit, List<Line> lines)
            throws SQLException {
        @Nullable ParkedKey behind = after;
        while (lines.size() < limit && bytes(lines) < DeadLetterStore.LARGEST_READ) {
            List<ParkedLine> parked = store.lines(table, behind, limit - lines.size());
            if (parked.isEmpty()) {
                return;
            }
            List<Letter> letters = letters(parked.stream().map(ParkedLine::first).toList());
            for (int i = 0; i < letters.size(); i++) {
                ParkedLine line = parked.get(i);
                lines.add(new Line(table.view(), line.generation(), line.key(), line.events(), line.since(),
                        letters.get(i)));
            }
            behind = lines.getLast().key();
        }
    }

    private static long bytes(List<Line> lines) {
        return lines.stream().mapToLong(line -> bytes(line.first())).sum();
    }

    private static long bytes(Letter letter) {
        byte @Nullable [] edited = letter.letter().edited();
        @Nullable Failure failure = letter.letter().failure();
        return letter.event().bytes() + (edited == null ? 0 : edited.length)
                + (failure == null ? 0 : failure.stack().length());
    }

    private interface Order {
        int compare(ViewTable<?> table, After after);
    }

    private static final Order ORDER = (table, after) -> {
        int views = table.view().compareTo(after.view());
        return views == 0 ? Integer.compare(table.generation(), after.generation()) : views;
    };

    /** These with their events: the first ones, as many as the journal gives at once. */
    private List<Letter> letters(List<DeadLetter> letters) {
        Map<Place, RecordedEvent> events = new HashMap<>();
        journal.events(letters.stream().map(DeadLetters::place).toList())
                .forEach(event -> events.put(new Place(event.entity(), event.sequence()), event));
        Place first = place(letters.getFirst());
        Objects.requireNonNull(events.get(first), first::toString);
        return letters.stream()
                .takeWhile(letter -> events.containsKey(place(letter)))
                .map(letter -> new Letter(letter, Objects.requireNonNull(events.get(place(letter)))))
                .toList();
    }

    private static Place place(DeadLetter letter) {
        return new Place(letter.entity(), letter.sequence());
    }

    /**
     * The dead letters of a key, for each generation in which it has any; of each the first {@code limit}, as many of them
     * as 8 MiB of events have room for, and one at least.
     */
    public List<Waiting> inspect(String view, ParkedKey key, int limit) {
        return asked(() -> {
            List<Waiting> waiting = new ArrayList<>();
            for (ViewTable<?> table : tables(view)) {
                List<DeadLetter> first = store.letters(table, key, limit);
                if (!first.isEmpty()) {
                    waiting.add(new Waiting(table.generation(), store.count(table, key), letters(first)));
                }
            }
            return waiting;
        });
    }

    /**
     * Does something about a key's dead letters, in each generation in which it has any. What was asked for is done in each
     * of them; of what follows nothing is begun any more when the time is over, and it waits on.
     *
     * @param atMost how long it may take for all generations; 10 s if it is more
     * @return what has become of them, by generation; nothing if there were none
     * @throws NoSuchLetterException if the event to be edited is not among them, or the one to be skipped is not the first
     * @throws InvalidEditException if its new JSON cannot be read as what the event is
     */
    public List<Mended> mend(String view, ParkedKey key, Action action, Duration atMost) {
        long deadline = System.nanoTime()
                + (atMost.compareTo(LONGEST_REPAIR) < 0 ? atMost : LONGEST_REPAIR).toNanos();
        if (action instanceof Action.EditAndRetry(Edit edit, _)) {
            check(edit, key);
        }
        return asked(() -> {
            List<Mended> mended = new ArrayList<>();
            @Nullable NoSuchLetterException missing = null;
            for (ViewTable<?> table : tables(view)) {
                try {
                    @Nullable Mended done = new KeyRepair<>(table, key, application, journal, store)
                            .run(action, deadline);
                    if (done != null) {
                        mended.add(done);
                    }
                } catch (NoSuchLetterException e) {
                    missing = e; // another generation may have it
                }
            }
            if (mended.isEmpty() && missing != null) {
                throw missing;
            }
            return mended;
        });
    }

    private void check(Edit edit, ParkedKey key) {
        EntityId entity = edit.entity();
        List<RecordedEvent> found = asked(() -> journal.events(List.of(new Place(entity, edit.sequence()))));
        @Nullable EntityModel<?, ?, ?> model = application.entity(entity.type());
        if (found.isEmpty() || model == null) {
            throw new NoSuchLetterException(entity, edit.sequence(), key);
        }
        var manifest = found.getFirst().manifest();
        try {
            Attempts.single().call(() -> model.decodeEvent(manifest.event(), manifest.version(), edit.json()));
        } catch (HandlerFailedException e) {
            throw new InvalidEditException("It cannot be read as %s: %s".formatted(manifest,
                    Objects.requireNonNull(e.getCause()).getMessage()), e);
        }
    }

    private List<? extends ViewTable<?>> tables(@Nullable String view) {
        return tables.get()
                .stream()
                .filter(table -> view == null || view.equals(table.view()))
                .sorted(Comparator.<ViewTable<?>, String>comparing(ViewTable::view)
                        .thenComparingInt(ViewTable::generation))
                .toList();
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private static <T> T asked(Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException | JournalUnreadableException failed) {
            throw ReadFailure.of(failed);
        }
    }
}

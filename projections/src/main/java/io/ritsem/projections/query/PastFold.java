package io.ritsem.projections.query;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.projections.engine.HandledEvent;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventPage;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.json.JsonType;

/** Folds one entity's events into its row of a view, a page at a time. Confined to who asked. */
final class PastFold<R> {

    private static final int PAGE = 500;
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(20);

    private final EntityViewDefinition<?, R> definition;
    private final EntityView<Object, R> view;
    private final JsonType<R> rowType;
    private final ApplicationModel application;
    private final EntityId entity;
    private final long deadline;

    private @Nullable R row;
    private @Nullable RecordedEvent builtFrom; // not one that stands for none any more
    private @Nullable RecordedEvent last;
    private boolean metLater;

    /** @param deadline as {@link System#nanoTime} tells it */
    @SuppressWarnings("unchecked") // the definition has made sure that these are the events of the type
    PastFold(EntityViewDefinition<?, R> definition, ApplicationModel application, EntityId entity, long deadline) {
        this.definition = definition;
        this.view = (EntityView<Object, R>) definition.view();
        this.rowType = JsonType.of(definition.row());
        this.application = application;
        this.entity = entity;
        this.deadline = deadline;
    }

    /** Folds the events up to this version, or all that there are if there are fewer. */
    void foldUpTo(JournalReader journal, long version) {
        fold(journal, version, Long.MAX_VALUE);
    }

    /**
     * Folds the events up to this transaction. An entity's later events have later transactions: none can appear among
     * them any more if the last one is of this transaction, or if there is one of a later.
     *
     * @return whether none can; else {@link #awaitDecided} and fold again
     */
    boolean foldSeen(JournalReader journal, long transaction) {
        fold(journal, Long.MAX_VALUE, transaction);
        return metLater || (last != null && last.position().transactionId() == transaction);
    }

    /** Waits until the transaction is below the horizon, so that the same is folded whenever that is asked. */
    void awaitDecided(JournalReader journal, long transaction) {
        Map<Integer, Position> nothing = Map.of(0, new Position(Long.MAX_VALUE, Long.MAX_VALUE));
        while (journal.readPartitions(nothing, 0).horizon() <= transaction) {
            requireInTime("journal-behind");
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
    }

    PastRow result() {
        @Nullable R present = row;
        @Nullable RecordedEvent from = builtFrom;
        if (present == null || from == null) {
            return new PastRow(reached(), null);
        }
        byte[] json = guarded(from, () -> rowType.encode(present));
        return new PastRow(reached(), new ViewRow(entity.id(), json, from.sequence(), from.metadata().time(), null));
    }

    private long reached() {
        return last == null ? 0 : last.sequence();
    }

    private void fold(JournalReader journal, long upTo, long transaction) {
        EventPage page;
        do {
            page = journal.page(entity, reached(), upTo, PAGE);
            for (RecordedEvent event : page.events()) {
                if (event.position().transactionId() > transaction) {
                    metLater = true;
                    return;
                }
                requireInTime("query-too-slow");
                apply(event);
                last = event;
            }
        } while (page.more());
    }

    private void apply(RecordedEvent event) {
        HandledEvent handled = guarded(event, () -> HandledEvent.of(application, event));
        for (Object stands : handled.stands()) {
            @Nullable R before = row;
            row = this.<@Nullable R>guarded(event, () -> view.apply(before, stands, handled.recorded()));
            builtFrom = event;
        }
    }

    /** Calls an application's function: whatever it throws is said of the event and ends only this fold. */
    private <T extends @Nullable Object> T guarded(RecordedEvent event, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            throw new PastRowFailedException(definition.name(), event, e);
        }
    }

    private void requireInTime(String late) {
        if (Thread.currentThread().isInterrupted()) {
            throw new UnavailableException("stopping");
        }
        if (System.nanoTime() - deadline > 0) {
            throw new UnavailableException(late);
        }
    }
}

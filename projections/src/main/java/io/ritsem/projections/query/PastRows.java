package io.ritsem.projections.query;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.domain.KeyedViewDefinition;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.engine.ReadFailure;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.Partition;

/**
 * Rows of entities' views as they were, folded from the journal: neither the view's table nor its cursors are looked at.
 * Thread-safe; blocking. A few folds run at once, each with one page of events in memory and one connection from time to
 * time, so that long ones leave enough to others.
 */
final class PastRows {

    private static final int FOLDS_AT_ONCE = 2;

    private final ApplicationModel application;
    private final JournalReader journal;
    private final Semaphore turns = new Semaphore(FOLDS_AT_ONCE, true);

    PastRows(ApplicationModel application, JournalReader journal) {
        this.application = application;
        this.journal = journal;
    }

    /** The row, as {@link ViewReader#rowAt} gives it. */
    PastRow row(ViewDefinition<?> view, String key, AsOf asOf, Deadline deadline) {
        return switch (view) {
            case KeyedViewDefinition<?> keyed -> throw new InvalidQueryException(List.of(new QueryError(
                    asOf.parameter(), "invalid",
                    ("Only a view with one row per entity can be asked for the past: '%s' has rows with keys of their "
                            + "own. Ask a view of one entity, or the entity itself, at /api/entities/{type}/{id}")
                            .formatted(keyed.name()))));
            case EntityViewDefinition<?, ?> entityView -> row(entityView, key, asOf, deadline);
        };
    }

    private <R> PastRow row(EntityViewDefinition<?, R> view, String key, AsOf asOf, Deadline deadline) {
        @Nullable EntityId entity = entity(view.follows().keySet().iterator().next(), key);
        if (entity == null) {
            return new PastRow(0, null);
        }
        long transaction = asOf instanceof AsOf.Seen(ConsistencyToken token) ? seen(entity, token) : Long.MAX_VALUE;
        PastFold<R> fold = new PastFold<>(view, application, entity, deadline.at());
        boolean decided = inTurn(deadline, () -> switch (asOf) {
            case AsOf.Version(long version) -> {
                fold.foldUpTo(journal, version);
                yield true;
            }
            case AsOf.Moment(Instant time) -> {
                fold.foldUpTo(journal, journal.versionAt(entity, time));
                yield true;
            }
            case AsOf.Seen _ -> fold.foldSeen(journal, transaction);
        });
        if (!decided) {
            // Without a turn: whoever waits for an open transaction keeps nobody else from the past.
            reading(() -> {
                fold.awaitDecided(journal, transaction);
                return true;
            });
            var _ = inTurn(deadline, () -> fold.foldSeen(journal, transaction));
        }
        return reading(fold::result);
    }

    /** Null if there can be none of this id. */
    private static @Nullable EntityId entity(String type, String id) {
        try {
            return new EntityId(type, id);
        } catch (IllegalArgumentException noId) {
            return null;
        }
    }

    private long seen(EntityId entity, ConsistencyToken token) {
        TokenOfAnotherEpochException.requireSame(token, journal.info().epoch());
        @Nullable Long transaction = token.seen()
                .get(Partition.of(entity.persistenceId(), journal.info().partitions()));
        if (transaction == null) {
            throw new InvalidQueryException(List.of(new QueryError("asOf", "invalid",
                    "The token says nothing about %s '%s': take one of a write to it, or of a view's answer"
                            .formatted(entity.type(), entity.id()))));
        }
        return transaction;
    }

    private boolean inTurn(Deadline deadline, Supplier<Boolean> fold) {
        deadline.acquire(turns);
        try {
            return reading(fold);
        } finally {
            turns.release();
        }
    }

    private static <T> T reading(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (JournalUnreadableException failed) {
            throw ReadFailure.of(failed);
        }
    }
}

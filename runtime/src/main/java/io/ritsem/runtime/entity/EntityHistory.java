package io.ritsem.runtime.entity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.application.UnreadableEventException;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.gateway.EntityFailedException;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.EventPage;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.JournalReader.Standing;
import io.ritsem.runtime.journal.Partition;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.journal.SpentKey;

/**
 * What entities did, read back from the journal: past states, events, and the answers that were given. Thread-safe;
 * blocking reads run on an executor of their own, never on an actor's thread.
 */
public final class EntityHistory {

    private static final int PAGE = 1_000;

    /** Looks at the past; each takes a connection from time to time. */
    private static final int LOOKS_AT_ONCE = 4;

    /** Of what entities remember with the journal: short, and the more of them the fewer connections for all others. */
    private static final int COMPARISONS_AT_ONCE = 2;
    private static final Duration FOR_A_TURN = Duration.ofSeconds(3);

    private final ApplicationModel application;
    private final JournalReader journal;
    private final EntitySnapshots snapshots;
    private final Executor blocking;
    private final Confirmations confirmations;
    private final Semaphore turns = new Semaphore(LOOKS_AT_ONCE);
    private final Semaphore comparisons = new Semaphore(COMPARISONS_AT_ONCE, true);

    public EntityHistory(ApplicationModel application, JournalReader journal, EntitySnapshots snapshots,
            Executor blocking) {
        this.application = application;
        this.journal = journal;
        this.snapshots = snapshots;
        this.blocking = blocking;
        this.confirmations = new Confirmations(journal, blocking);
    }

    /** An entity's events after a sequence, in order. Fails with {@link UnavailableException}. */
    public CompletionStage<EventPage> events(EntityId entity, long after, int limit, Instant deadline) {
        return look(deadline, () -> journal.page(entity, after, Long.MAX_VALUE, limit));
    }

    /**
     * Its state at a version, or null if it has not come so far. Version 0 is the initial state. Reads the events since
     * the newest snapshot that is not later. Fails with {@link UnavailableException}.
     */
    public CompletionStage<@Nullable EntityState> stateAt(EntityId entity, long version, Instant deadline) {
        return look(deadline, () -> fold(modelOf(entity), entity, version, deadline));
    }

    /** Its state at a moment, or null if it had no event by then. Fails with {@link UnavailableException}. */
    public CompletionStage<@Nullable EntityState> stateAt(EntityId entity, Instant time, Instant deadline) {
        return look(deadline, () -> {
            long version = journal.versionAt(entity, time);
            return version == 0 ? null : fold(modelOf(entity), entity, version, deadline);
        });
    }

    /** What a key was spent on, and what that was answered. */
    record StoredAnswer(SpentKey key, Accepted answer) {}

    /**
     * The answer that the command got which spent a key, with the state at that time if it is wanted. A replay, unless it was
     * this very command, whose answer was lost on the way.
     */
    CompletionStage<StoredAnswer> answer(EntityId entity, KeyWindow.Spent spent, UUID commandId, boolean withState) {
        return confirmed(read(() -> {
            long last = spent.sequence() + spent.events() - 1;
            List<RecordedEvent> events = journal.events(entity, spent.sequence() - 1, last, spent.events());
            if (events.size() != spent.events()) {
                throw new IllegalStateException("The journal holds %d of the %d events %d..%d of %s"
                        .formatted(events.size(), spent.events(), spent.sequence(), last, entity.persistenceId()));
            }
            EventMetadata first = events.getFirst().metadata();
            return new StoredAnswer(Objects.requireNonNull(first.spentKey()),
                    answerOf(entity, events, withState, !first.causation().equals(commandId)));
        }));
    }

    /** The answer to the command that stored exactly these events, for the first time. */
    CompletionStage<Accepted> answer(EntityId entity, List<RecordedEvent> events, boolean withState) {
        return read(() -> answerOf(entity, events, withState, false));
    }

    /**
     * The events after a sequence and up to another that these commands stored, safe for good; however many another owner
     * has stored in between. At most a batch of commands did, so they fit in memory.
     */
    CompletionStage<List<RecordedEvent>> storedBy(Set<UUID> commands, EntityId entity, long after, long upTo) {
        CompletionStage<List<RecordedEvent>> found = read(() -> {
            List<RecordedEvent> stored = new ArrayList<>();
            long reached = after;
            while (reached < upTo) {
                List<RecordedEvent> page = journal.page(entity, reached, upTo, PAGE).events();
                page.stream().filter(event -> commands.contains(event.metadata().causation())).forEach(stored::add);
                reached = page.isEmpty() ? upTo : page.getLast().sequence();
            }
            return stored;
        });
        return found.thenCompose(
                stored -> stored.isEmpty() ? found : confirmed(found));
    }

    /** What was read from the journal, once it is safe there: a write whose own wait for a standby was broken off may not be. */
    private <T> CompletionStage<T> confirmed(CompletionStage<T> reading) {
        return reading.thenCompose(found -> confirmations.ofAllBefore().thenApply(_ -> found));
    }

    /**
     * How far the journal has come with it, and if wanted which transactions have begun.
     *
     * @param next the sequence that nobody may be about to store, or this fails; 0 if it does not matter
     */
    CompletionStage<Standing> standing(EntityId entity, boolean begun, long next) {
        return read(() -> {
            takeTurn(comparisons, Instant.now().plus(FOR_A_TURN), "overloaded");
            try {
                if (next > 0) {
                    journal.awaitOutcome(entity, next);
                }
                return journal.standing(entity, begun);
            } finally {
                comparisons.release();
            }
        });
    }

    /** The keys spent since a moment, after a sequence and up to another, and those of some that were spent at any time. */
    CompletionStage<Map<Long, SpentKey>> spentKeys(EntityId entity, Instant since, long after, long upTo,
            Set<String> anyTime) {
        return read(() -> {
            Map<Long, SpentKey> spent = new TreeMap<>();
            if (upTo > after) {
                spent.putAll(journal.spentKeys(entity, since, after, upTo));
            }
            if (!anyTime.isEmpty()) {
                spent.putAll(journal.spentKeys(entity, anyTime));
            }
            return spent;
        });
    }

    /** Those of some keys that were spent, at any time and by whatever node. */
    CompletionStage<Map<Long, SpentKey>> spentKeys(EntityId entity, Set<String> keys) {
        return read(() -> journal.spentKeys(entity, keys));
    }

    /** The transaction that stored an event, or 0 if there is no such event. */
    CompletionStage<Long> transactionOf(EntityId entity, long sequence) {
        return read(() -> {
            List<RecordedEvent> event = journal.events(entity, sequence - 1, sequence, 1);
            return event.isEmpty() ? 0 : event.getFirst().position().transactionId();
        });
    }

    /** The token of a write. */
    ConsistencyToken tokenOf(EntityId entity, long transactionId) {
        return ConsistencyToken.of(journal.info().epoch(),
                Partition.of(entity.persistenceId(), journal.info().partitions()), transactionId);
    }

    private Accepted answerOf(EntityId entity, List<RecordedEvent> events, boolean withState, boolean replayed) {
        RecordedEvent last = events.getLast();
        @Nullable SpentKey key = events.getFirst().metadata().spentKey();
        @Nullable EntityState state = withState ? fold(modelOf(entity), entity, last.sequence(), Instant.MAX) : null;
        return new Accepted(last.sequence(), events.stream().map(EntityHistory::stored).toList(),
                key == null ? null : key.reply(), state == null ? null : state.state(),
                tokenOf(entity, last.position().transactionId()), replayed);
    }

    private static StoredEvent stored(RecordedEvent event) {
        return new StoredEvent(event.manifest().event(), event.sequence(), event.data());
    }

    private <C, E, S> @Nullable EntityState fold(EntityModel<C, E, S> model, EntityId entity, long version,
            Instant deadline) {
        EntitySnapshots.@Nullable Found<S> start = snapshots.newest(model, entity, version);
        S state = start == null ? model.entity().initial() : start.state();
        long reached = start == null ? 0 : start.sequence();
        while (reached < version) {
            requireBefore(deadline);
            List<RecordedEvent> page = journal.page(entity, reached, version, PAGE).events();
            if (page.isEmpty()) {
                return null;
            }
            for (RecordedEvent event : page) {
                state = evolved(model, state, event);
            }
            reached = page.getLast().sequence();
        }
        return new EntityState(version, model.state().encode(state), null);
    }

    private static <S> S evolved(EntityModel<?, ?, S> model, S state, RecordedEvent event) {
        try {
            return model.evolve(state, event.manifest().event(), event.manifest().version(), event.data());
        } catch (UnreadableEventException why) {
            throw new UnreadableEntityException(event.entity(), event.sequence(), why);
        }
    }

    private EntityModel<?, ?, ?> modelOf(EntityId entity) {
        @Nullable EntityModel<?, ?, ?> model = application.entity(entity.type());
        if (model == null) {
            throw new IllegalArgumentException("There is no entity type '" + entity.type() + "'");
        }
        return model;
    }

    private <T extends @Nullable Object> CompletionStage<T> read(Supplier<T> reading) {
        try {
            return CompletableFuture.supplyAsync(reading, blocking);
        } catch (RejectedExecutionException stopped) {
            return CompletableFuture.failedFuture(new UnavailableException("stopping"));
        }
    }

    /** For who may ask for much: a few at once, so that others find connections, and nothing that nobody waits for. */
    private <T extends @Nullable Object> CompletionStage<T> look(Instant deadline, Supplier<T> reading) {
        return read(() -> {
            takeTurn(turns, deadline, "deadline-passed");
            try {
                requireBefore(deadline);
                return reading.get();
            } catch (UnreadableEntityException unreadable) {
                throw new EntityFailedException(Answers.logged(unreadable.entity(), unreadable));
            } finally {
                turns.release();
            }
        });
    }

    private static void takeTurn(Semaphore turns, Instant deadline, String inVain) {
        try {
            if (!turns.tryAcquire(Duration.between(Instant.now(), deadline).toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException(inVain);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("stopping");
        }
    }

    private static void requireBefore(Instant deadline) {
        if (Instant.now().isAfter(deadline)) {
            throw new UnavailableException("deadline-passed");
        }
    }
}

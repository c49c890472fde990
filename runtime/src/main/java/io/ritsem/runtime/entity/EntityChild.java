package io.ritsem.runtime.entity;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.application.UnreadableEventException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventEnvelope;
import io.ritsem.runtime.journal.JournalLanes;
import io.ritsem.runtime.journal.JournalReader.Standing;
import io.ritsem.runtime.journal.SpentKey;

/**
 * The persistent half of one entity: decides batches, records what follows, recovers. Its gate sends one message at a
 * time and watches it; when a write fails it simply fails, and the gate starts another. Actor-confined.
 */
final class EntityChild<C, E, S> extends EventSourcedBehavior<ChildMessage, EventEnvelope, S> {

    private static final String SILENT = "io.ritsem.silent";

    private final ActorContext<ChildMessage> context;
    private final EntityModel<C, E, S> model;
    private final EntityHost host;
    private final EntityId id;
    private final ActorRef<GateMessage> gate;
    private final KeyWindow keys;
    private final LateWrites lateWrites;
    private @Nullable BatchDecision<C, E, S> looking;
    private long replayed;
    private long sinceSnapshot;
    private long version;
    private long transaction;

    /**
     * Whose child it is.
     *
     * @param gate who is told when it is ready, and fails to be told when it is not
     * @param keys what becomes the spent ones: the gate's to give back when the child has ended
     */
    record Parent(ActorRef<GateMessage> gate, KeyWindow keys) {}

    private EntityChild(ActorContext<ChildMessage> context, EntityModel<C, E, S> model, EntityHost host, EntityId id,
            Parent parent) {
        super(PersistenceId.ofUniqueId(id.persistenceId()));
        this.context = context;
        this.model = model;
        this.host = host;
        this.id = id;
        this.gate = parent.gate();
        this.keys = parent.keys();
        this.lateWrites = new LateWrites(host.clock().instant());
    }

    /** The behaviour. */
    static Behavior<ChildMessage> create(EntityModel<?, ?, ?> model, EntityHost host, EntityId id,
            Parent parent) {
        return Behaviors.setup(context -> {
            // Akka reports a failing child with its stack; the gate, which knows what the failure means, does instead
            context.setLoggerName(SILENT);
            return new EntityChild<>(context, model, host, id, parent);
        });
    }

    @Override public S emptyState() {
        return model.entity().initial();
    }

    // ---- recovery ------------------------------------------------------------------------------------------------

    @Override public EventHandler<S, EventEnvelope> eventHandler() {
        return (state, envelope) -> {
            @Nullable Object decided = envelope.event();
            if (decided == null) {
                replayed++;
                sinceSnapshot++;
                transaction = envelope.transactionId();
                keys.remember(envelope.sequence(), envelope.metadata());
                return evolved(state, envelope);
            }
            @SuppressWarnings("unchecked") E event = (E) decided;
            return model.entity().evolve(state, event);
        };
    }

    private S evolved(S state, EventEnvelope envelope) {
        try {
            return model.evolve(state, envelope.manifest().event(), envelope.manifest().version(), envelope.data());
        } catch (UnreadableEventException why) {
            throw new UnreadableEntityException(id, envelope.sequence(), why);
        }
    }

    @Override public SignalHandler<S> signalHandler() {
        return newSignalHandlerBuilder().onSignal(RecoveryCompleted.class, (state, completed) -> recovered()).build();
    }

    private void recovered() {
        version = lastSequenceNumber(context);
        long inSnapshot = version - replayed;
        long after = Math.max(0, version - KeyWindow.RECENT);
        if (inSnapshot <= after && keys.askedFor().isEmpty()) {
            ready();
        } else {
            context.pipeToSelf(
                    host.history()
                            .spentKeys(id, keys.since(host.clock().instant()), after, inSnapshot, keys.askedFor())
                            .thenCombine(latestTransaction(), ChildMessage.KeysLoaded::new),
                    (loaded, failure) -> failure == null ? loaded : new ChildMessage.LookFailed(failure));
        }
    }

    /** A snapshot does not say which one stored its last event; who was recovered from nothing else has to ask. */
    private CompletionStage<Long> latestTransaction() {
        return replayed > 0
                ? CompletableFuture.completedFuture(transaction)
                : host.history().transactionOf(id, version);
    }

    private void ready() {
        gate.tell(new Gate.Ready(context.getSelf(), version));
    }

    // ---- commands ------------------------------------------------------------------------------------------------

    @Override public CommandHandler<ChildMessage, EventEnvelope, S> commandHandler() {
        return (state, message) -> switch (message) {
            case ChildMessage.Decide decide -> decide(state, decide);
            case ChildMessage.KeysLoaded loaded -> keysLoaded(loaded);
            case ChildMessage.LookedUp looked -> lookedUp(looked);
            case ChildMessage.LookFailed failed -> lookFailed(failed.cause());
        };
    }

    private Effect<EventEnvelope, S> decide(S state, ChildMessage.Decide message) {
        keys.forgetBefore(host.clock().instant());
        BatchDecision<C, E, S> decision = new BatchDecision<>(model, host, id, keys);
        decision.decide(state, version, transaction, message);
        boolean ofMemory = decision.toStore().isEmpty() && !message.batch().isEmpty() && lateWrites.mayCome();
        if (decision.refusedKeys().isEmpty() && !ofMemory) {
            return store(decision);
        }
        looking = decision;
        context.pipeToSelf(look(decision.refusedKeys(), ofMemory),
                (looked, failure) -> failure == null ? looked : new ChildMessage.LookFailed(failure));
        return Effect().none();
    }

    /**
     * Who stores learns from the journal whether he is stale and whether the key is spent; who does not has to ask, or a
     * command that another node has accepted would get a second answer, and a read less than the journal holds. A key is not
     * refused while a write that hangs may still spend it.
     */
    private CompletionStage<ChildMessage> look(Set<String> refusedKeys, boolean ofMemory) {
        CompletionStage<Map<Long, SpentKey>> spent = refusedKeys.isEmpty()
                ? CompletableFuture.completedFuture(Map.of())
                : host.history().spentKeys(id, refusedKeys);
        CompletionStage<Optional<Standing>> standing = ofMemory
                ? host.history()
                        .standing(id, lateWrites.haveBegun(host.clock().instant()),
                                refusedKeys.isEmpty() ? 0 : version + 1)
                        .thenApply(Optional::of)
                : CompletableFuture.completedFuture(Optional.empty());
        return spent.thenCombine(standing, ChildMessage.LookedUp::new);
    }

    private Effect<EventEnvelope, S> lookedUp(ChildMessage.LookedUp found) {
        BatchDecision<C, E, S> decision = Objects.requireNonNull(looking);
        looking = null;
        if (!found.spent().isEmpty()) {
            throw new KeySpentException(id, found.spent().keySet().iterator().next());
        }
        found.standing().ifPresent(this::compare);
        return store(decision);
    }

    /** Nothing was sent, so whoever has recovered can go on. */
    private Effect<EventEnvelope, S> lookFailed(Throwable cause) {
        if (looking == null) {
            throw new JournalNotAskedException(id, cause);
        }
        looking = null;
        gate.tell(new Gate.NotDecided(context.getSelf(), cause));
        return Effect().none();
    }

    private void compare(Standing standing) {
        if (standing.version() > version) {
            throw new OvertakenException(id, version, standing.version());
        }
        lateWrites.saw(standing);
    }

    private Effect<EventEnvelope, S> store(BatchDecision<C, E, S> decision) {
        List<EventEnvelope> toStore = decision.toStore();
        return (toStore.isEmpty() ? Effect().none() : Effect().persist(toStore)).thenRun(() -> {
            if (!toStore.isEmpty()) {
                version += toStore.size();
                lateWrites.exclude();
            }
            decision.answer();
            transaction = decision.transaction();
            ready();
        });
    }

    private Effect<EventEnvelope, S> keysLoaded(ChildMessage.KeysLoaded loaded) {
        transaction = loaded.transaction();
        keys.remember(loaded.keys(), host.clock().instant());
        ready();
        return Effect().none();
    }

    // ---- storage -------------------------------------------------------------------------------------------------

    /** Behind each of these ids stands {@code JournalDao}, which reference.conf names. */
    @Override public String journalPluginId() {
        return host.lanes().pluginIdOf(id.persistenceId());
    }

    @Override public String snapshotPluginId() {
        return JournalLanes.SNAPSHOTS;
    }

    /**
     * Also of events that it only read, and soon, so that the next recovery need not: those of an import, or from before the
     * state's shape changed. None is ever deleted: see {@link EntitySnapshots}.
     */
    @Override public boolean shouldSnapshot(S state, EventEnvelope event, long sequence) {
        boolean due = ++sinceSnapshot >= host.settings().snapshotEvery();
        sinceSnapshot = due ? 0 : sinceSnapshot;
        return due;
    }
}

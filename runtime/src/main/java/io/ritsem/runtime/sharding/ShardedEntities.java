package io.ritsem.runtime.sharding;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Scheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContextExecutor;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.entity.EntityHost;
import io.ritsem.runtime.entity.Gate;
import io.ritsem.runtime.entity.GateMessage;
import io.ritsem.runtime.entity.ReadOutcome;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.EntityFailedException;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.gateway.StateTooLargeException;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventPage;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.sharding.Delivery.Question;

/**
 * The gateway to entities that live in shards, each on one node of the cluster. Thread-safe; bounds how many commands
 * and reads are on their way at once, so that nothing behind it can overflow.
 */
public final class ShardedEntities implements CommandGateway {

    private static final Logger LOG = LoggerFactory.getLogger(ShardedEntities.class);

    /** Answers after which the same may be asked again, of whoever serves the entity then. */
    private static final Set<String> MOVED = Set.of("moving", "stopping", "no-majority");

    /** So long who does not have the type is believed to be about to go: a release without it stays as long as it is needed. */
    private static final Duration ABOUT_TO_GO = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    static final EntityTypeKey<GateMessage> TYPE = EntityTypeKey.create(GateMessage.class, "entity");

    private final ClusterSharding sharding;
    private final EntityHost host;
    private final Semaphore room;
    private final Scheduler clock;
    private final ExecutionContextExecutor threads;
    private final Set<Delivery<?>> underway = ConcurrentHashMap.newKeySet();

    private ShardedEntities(ActorSystem<?> system, ClusterSharding sharding, EntityHost host, int inFlight) {
        this.sharding = sharding;
        this.host = host;
        this.room = new Semaphore(inFlight);
        this.clock = system.scheduler();
        this.threads = system.executionContext();
    }

    /** Starts hosting entities on this node of the cluster. */
    public static CommandGateway start(ActorSystem<?> system, EntityHost host, ShardingSettings settings) {
        ClusterSharding sharding = ClusterSharding.get(system);
        var _ = sharding.init(Entity
                .of(TYPE, context -> Gate.create(host, EntityId.ofPersistenceId(context.getEntityId())))
                .withStopMessage(new GateMessage.Stop()));
        Undelivered.watch(system);
        ShardedEntities entities = new ShardedEntities(system, sharding, host, settings.inFlight());
        Unrest unrest = new Unrest(system);
        var _ = system.scheduler()
                .scheduleWithFixedDelay(BETWEEN_LOOKS, BETWEEN_LOOKS,
                        () -> repeatTheUnanswered(unrest::prevails, entities.underway), system.executionContext());
        return entities;
    }

    @Override public CompletionStage<CommandOutcome> submit(CommandRequest request) {
        if (!room.tryAcquire()) {
            return CompletableFuture.completedFuture(new CommandOutcome.Unavailable("overloaded"));
        }
        UUID commandId = UUID.randomUUID();
        Delivery<CommandOutcome> delivery = delivery(request.entity(), request.deadline(),
                new Question<>(replyTo -> new GateMessage.Submit(request, commandId, replyTo, false),
                        request.key() != null, ShardedEntities::hasMoved));
        return deliver(delivery).handle((outcome, silence) -> silence != null
                ? new CommandOutcome.OutcomeUnknown()
                : told(request, outcome, delivery.isInDoubt(), host.application()));
    }

    /** What the caller is told of it; in doubt is what was sent more than once. */
    static CommandOutcome told(CommandRequest request, CommandOutcome outcome, boolean inDoubt,
            ApplicationModel application) {
        return inDoubt && !request.dryRun() && deniesWithoutLooking(outcome)
                ? new CommandOutcome.OutcomeUnknown()
                : ofThisVersion(request, outcome, application);
    }

    /**
     * Whether it says that nothing was stored and comes from who has not looked for the key: an earlier copy of the command
     * may have been stored all the same, perhaps by a node of another version, which knows the command.
     */
    private static boolean deniesWithoutLooking(CommandOutcome outcome) {
        return switch (outcome) {
            case CommandOutcome.Unavailable _,CommandOutcome.UnknownCommand _,CommandOutcome.Invalid _,CommandOutcome.Failed _ ->
                    true;
            // decided: the key was looked for, in memory and in the journal, and no earlier write of it may still come
            case CommandOutcome.Accepted _,CommandOutcome.Rejected _,CommandOutcome.VersionMismatch _,CommandOutcome.TooLarge _,CommandOutcome.KeyReused _ ->
                    false;
            // say nothing of what is stored
            case CommandOutcome.KeyInFlight _,CommandOutcome.OutcomeUnknown _ -> false;
        };
    }

    /** A command that this version of the application knows, and the one at the entity's node does not. */
    private static CommandOutcome ofThisVersion(CommandRequest request, CommandOutcome outcome,
            ApplicationModel application) {
        @Nullable EntityModel<?, ?, ?> model = application.entity(request.entity().type());
        return outcome instanceof CommandOutcome.UnknownCommand && model != null
                && model.command(request.command()) != null
                        ? new CommandOutcome.Unavailable("older-nodes-at-work")
                        : outcome;
    }

    @Override public CompletionStage<EntityState> state(EntityId id, Instant deadline) {
        if (!room.tryAcquire()) {
            return CompletableFuture.failedFuture(new UnavailableException("overloaded"));
        }
        Question<ReadOutcome> question = new Question<>(replyTo -> new GateMessage.Read(deadline, replyTo, false), true,
                ShardedEntities::hasMoved);
        return deliver(delivery(id, deadline, question))
                .exceptionally(noAnswer -> new ReadOutcome.Unavailable("deadline-passed"))
                .thenApply(ShardedEntities::found);
    }

    private static boolean hasMoved(CommandOutcome outcome, Duration asked) {
        return outcome instanceof CommandOutcome.Unavailable(String reason) && mayBeElsewhere(reason, asked);
    }

    private static boolean hasMoved(ReadOutcome outcome, Duration asked) {
        return outcome instanceof ReadOutcome.Unavailable(String reason) && mayBeElsewhere(reason, asked);
    }

    static boolean mayBeElsewhere(String reason, Duration asked) {
        return MOVED.contains(reason) || (reason.equals("unknown-type") && asked.compareTo(ABOUT_TO_GO) < 0);
    }

    private <R> Delivery<R> delivery(EntityId id, Instant deadline, Question<R> question) {
        return new Delivery<>(sharding.entityRefFor(TYPE, id.persistenceId()), question, deadline);
    }

    /** Gives the room back when there is an answer or none in time. */
    private <R> CompletableFuture<R> deliver(Delivery<R> delivery) {
        underway.add(delivery);
        delivery.send((after, task) -> clock.scheduleOnce(after, task, threads));
        return delivery.answer().whenComplete((_, _) -> {
            underway.remove(delivery);
            room.release();
        });
    }

    /** A look. One that fails has to end in peace, or it would be the last. */
    static void repeatTheUnanswered(LongPredicate unrest, Collection<Delivery<?>> underway) {
        try {
            long now = System.nanoTime();
            if (unrest.test(now)) {
                underway.forEach(delivery -> delivery.repeatIfSilent(now));
            }
        } catch (RuntimeException | Error bug) {
            LOG.error("A bug in sending again what nobody answers", bug);
        }
    }

    @Override public CompletionStage<@Nullable EntityState> stateAt(EntityId id, long version, Instant deadline) {
        return look(() -> host.history().stateAt(id, version, deadline), deadline);
    }

    @Override public CompletionStage<@Nullable EntityState> stateAt(EntityId id, Instant time, Instant deadline) {
        return look(() -> host.history().stateAt(id, time, deadline), deadline);
    }

    @Override public CompletionStage<EventPage> events(EntityId id, long after, int limit, Instant deadline) {
        return look(() -> host.history().events(id, after, limit, deadline), deadline);
    }

    /** Gives the room back when the work has ended, which may be a moment later than the answer. */
    private <T extends @Nullable Object> CompletionStage<T> look(Supplier<CompletionStage<T>> looking,
            Instant deadline) {
        if (!room.tryAcquire()) {
            return CompletableFuture.failedFuture(new UnavailableException("overloaded"));
        }
        return looking.get()
                .whenComplete((_, _) -> room.release())
                .toCompletableFuture()
                .orTimeout(Delivery.within(deadline).toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unavailable(failure)));
    }

    private static Throwable unavailable(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return switch (cause) {
            case TimeoutException _ -> new UnavailableException("deadline-passed");
            case JournalUnreadableException away -> new UnavailableException("journal-away");
            default -> cause;
        };
    }

    private static EntityState found(ReadOutcome outcome) {
        return switch (outcome) {
            case ReadOutcome.Found(EntityState state) -> state;
            case ReadOutcome.TooLarge(long version, int bytes, int limit) ->
                    throw new StateTooLargeException(version, bytes, limit);
            case ReadOutcome.Unavailable(String reason) -> throw new UnavailableException(reason);
            case ReadOutcome.Failed(String traceId) -> throw new EntityFailedException(traceId);
        };
    }
}

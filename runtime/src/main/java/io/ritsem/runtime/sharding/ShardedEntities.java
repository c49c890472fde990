package io.ritsem.runtime.sharding;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.util.Timeout;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.concurrent.ExecutionContext;

import io.ritsem.runtime.entity.EntityHost;
import io.ritsem.runtime.entity.Gate;
import io.ritsem.runtime.entity.GateMessage;
import io.ritsem.runtime.entity.ReadOutcome;
import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.EntityFailedException;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventPage;
import io.ritsem.runtime.journal.JournalUnreadableException;

/**
 * The gateway to entities that live in shards, each on one node of the cluster. Thread-safe; bounds how many commands
 * and reads are on their way at once, so that nothing behind it can overflow.
 */
public final class ShardedEntities implements CommandGateway {

    /** Beyond the deadline, for the answer's own way: the entity, which knows more, should be the one to speak. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final EntityTypeKey<GateMessage> TYPE = EntityTypeKey.create(GateMessage.class, "entity");

    private final ClusterSharding sharding;
    private final EntityHost host;
    private final Semaphore room;

    private ShardedEntities(ClusterSharding sharding, EntityHost host, int inFlight) {
        this.sharding = sharding;
        this.host = host;
        this.room = new Semaphore(inFlight);
    }

    /** Starts hosting entities on this node of the cluster. */
    public static CommandGateway start(ActorSystem<?> system, EntityHost host, ShardingSettings settings) {
        ClusterSharding sharding = ClusterSharding.get(system);
        var _ = sharding.init(Entity
                .of(TYPE, context -> Gate.create(host, EntityId.ofPersistenceId(context.getEntityId())))
                .withStopMessage(new GateMessage.Stop()));
        return new ShardedEntities(sharding, host, settings.inFlight());
    }

    @Override public CompletionStage<CommandOutcome> submit(CommandRequest request) {
        if (!room.tryAcquire()) {
            return CompletableFuture.completedFuture(new CommandOutcome.Unavailable("overloaded"));
        }
        UUID commandId = UUID.randomUUID();
        return this.<CommandOutcome>ask(request.entity(), request.deadline(),
                replyTo -> new GateMessage.Submit(request, commandId, replyTo))
                .exceptionally(noAnswer -> new CommandOutcome.OutcomeUnknown());
    }

    @Override public CompletionStage<EntityState> state(EntityId id, Instant deadline) {
        if (!room.tryAcquire()) {
            return CompletableFuture.failedFuture(new UnavailableException("overloaded"));
        }
        return this.<ReadOutcome>ask(id, deadline, replyTo -> new GateMessage.Read(deadline, replyTo))
                .exceptionally(noAnswer -> new ReadOutcome.Unavailable("deadline-passed"))
                .thenApply(ShardedEntities::found);
    }

    /**
     * Asks a gate; gives the room back when there is an answer or none in time. Completes on the thread that brings the
     * answer: the stage that Akka offers to Java would take each answer through one more pool of threads.
     */
    private <R> CompletableFuture<R> ask(EntityId id, Instant deadline, Function1<ActorRef<R>, GateMessage> question) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        sharding.entityRefFor(TYPE, id.persistenceId())
                .asScala()
                .ask(question, Timeout.create(within(deadline)))
                .onComplete(result -> {
                    room.release();
                    return result.isSuccess()
                            ? answer.complete(result.get())
                            : answer.completeExceptionally(result.failed().get());
                }, ExecutionContext.parasitic$.MODULE$);
        return answer;
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
                .orTimeout(within(deadline).toMillis(), TimeUnit.MILLISECONDS)
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

    private static Duration within(Instant deadline) {
        Duration left = Duration.between(Instant.now(), deadline);
        return left.isPositive() ? left.plus(GRACE) : GRACE;
    }

    private static EntityState found(ReadOutcome outcome) {
        return switch (outcome) {
            case ReadOutcome.Found(EntityState state) -> state;
            case ReadOutcome.Unavailable(String reason) -> throw new UnavailableException(reason);
            case ReadOutcome.Failed(String traceId) -> throw new EntityFailedException(traceId);
        };
    }
}

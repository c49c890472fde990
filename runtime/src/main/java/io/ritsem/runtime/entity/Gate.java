package io.ritsem.runtime.entity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.Signal;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.entity.GateMessage.Stop;
import io.ritsem.runtime.entity.GateMessage.Work;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * The front of one entity. While its persistent child writes, the gate gathers, and then hands over all that has come
 * as one batch; so a busy entity costs one write for many commands, and the child's stash is never used. It bounds what
 * waits, answers what waited too long, and when the child fails starts it anew: recovery reads back what is true of a
 * write that nobody can vouch for. Actor-confined.
 */
public final class Gate extends AbstractBehavior<GateMessage> {

    /** What a gate is told by its child and by itself. */
    sealed interface Notice extends GateMessage {}

    /** The child has recovered, or has answered a batch: it can take the next. */
    record Ready(ActorRef<ChildMessage> child, long version) implements Notice {}

    /** The child could not ask the journal what it has to know before it answers this batch; it can take the next. */
    record NotDecided(ActorRef<ChildMessage> child, Throwable cause) implements Notice {}

    /** Somebody's deadline has come. */
    private record Expire() implements Notice {}

    /** The back-off is over: start a child. */
    private record Revive() implements Notice {}

    /** What the commands whose outcome was in doubt have stored. */
    private record ReadBack(ActorRef<ChildMessage> child, List<RecordedEvent> events) implements Notice {}

    /** It could not be read. */
    private record ReadBackFailed(ActorRef<ChildMessage> child, Throwable cause) implements Notice {}

    /** The time for stopping in peace is over. */
    private record StopNow() implements Notice {}

    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(50);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(2);

    private final EntityHost host;
    private final EntityId id;
    private final EntityModel<?, ?, ?> model;
    private final TimerScheduler<GateMessage> timers;
    private final WorkQueue queue;

    private @Nullable ActorRef<ChildMessage> child;
    private @Nullable ActorRef<ChildMessage> ready;
    private List<Work> writing = List.of();
    private List<Work> unheard = List.of();
    private long version;
    private Set<String> spentUnnoticed = Set.of();
    private Runnable giveBackKeys = () -> {}; // when the child has ended
    private Duration backOff = FIRST_BACK_OFF;
    private long notBefore = System.nanoTime();
    private Instant expiry = Instant.MIN;
    private boolean unread;
    private boolean stopping;

    private Gate(ActorContext<GateMessage> context, TimerScheduler<GateMessage> timers, EntityHost host, EntityId id,
            EntityModel<?, ?, ?> model) {
        super(context);
        this.timers = timers;
        this.host = host;
        this.id = id;
        this.model = model;
        this.queue = new WorkQueue(host.settings().queue(), host.clock());
        startChild();
    }

    /** The behaviour of one entity's gate; a type that this node does not host is told as unavailable, as others may. */
    public static Behavior<GateMessage> create(EntityHost host, EntityId id) {
        @Nullable EntityModel<?, ?, ?> model = host.application().entity(id.type());
        if (model == null) {
            return unknownType();
        }
        return Behaviors.<GateMessage>supervise(Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Gate(context, timers, host, id, model))))
                .onFailure(SupervisorStrategy.restartWithBackoff(FIRST_BACK_OFF, LONGEST_BACK_OFF, 0.1));
    }

    private static Behavior<GateMessage> unknownType() {
        return Behaviors.receiveMessage(message -> switch (message) {
            case Work work -> {
                Answers.unavailable(work, "unknown-type");
                yield Behaviors.same();
            }
            case Stop _ -> Behaviors.stopped();
            case Notice _ -> Behaviors.same();
        });
    }

    @Override public Receive<GateMessage> createReceive() {
        return new Receive<>() {
            @Override public Behavior<GateMessage> receiveMessage(GateMessage message) {
                return switch (message) {
                    case Work work -> accept(work);
                    case Ready freed -> childIsReady(freed);
                    case NotDecided undecided -> childCouldNotDecide(undecided);
                    case Expire _ -> expireWaiting();
                    case Revive _ -> revive();
                    case ReadBack found -> resolveDoubts(found);
                    case ReadBackFailed failed -> readBackFailed(failed);
                    case Stop _ -> stop();
                    case StopNow _ -> Behaviors.stopped(); // and all that is left is answered
                };
            }

            @Override public Behavior<GateMessage> receiveSignal(Signal signal) {
                return switch (signal) {
                    case ChildFailed failed -> childFailed(failed);
                    case PostStop _,PreRestart _ -> answerAll();
                    default -> Behaviors.unhandled();
                };
            }
        };
    }

    private Behavior<GateMessage> accept(Work work) {
        if (work.repeated() && (queue.renew(work) || renewWriting(work))) {
            return this;
        }
        if (!queue.offer(work)) {
            Answers.unavailable(work, "overloaded");
            return this;
        }
        if (child == null || unread) {
            scheduleRevival();
        }
        if (timers.isTimerActive(Expire.class) && work.deadline().isBefore(expiry)) {
            expireAt(work.deadline());
        }
        return drive();
    }

    /**
     * Whether what was sent again is being written. The child answers as it was told; who listens now gets the answer when
     * it comes up once more, or when the child fails.
     */
    private boolean renewWriting(Work again) {
        Optional<Work> twin = writing.stream().filter(work -> WorkQueue.isSame(work, again)).findFirst();
        if (twin.isPresent() && !twin.get().replyTo().equals(again.replyTo())) {
            writing = WorkQueue.renewed(writing, again);
            unheard = Stream.concat(unheard.stream().filter(work -> !WorkQueue.isSame(work, again)), Stream.of(again))
                    .toList();
        }
        return twin.isPresent();
    }

    private Behavior<GateMessage> childIsReady(Ready message) {
        if (!message.child().equals(child)) {
            return this;
        }
        queue.answered(writing, unheard);
        writing = List.of();
        unheard = List.of();
        version = message.version();
        spentUnnoticed = Set.of();
        if (queue.hasDoubts() && version > queue.doubtfulSince()) {
            readBack(message);
            return this;
        }
        if (queue.hasDoubts()) {
            queue.settleDoubts();
            queue.expire(List.of());
        }
        return childIsFree(message.child());
    }

    private Behavior<GateMessage> childCouldNotDecide(NotDecided message) {
        if (!message.child().equals(child)) {
            return this;
        }
        switch (Failure.of(message.cause(), false)) {
            case Failure.NothingStored(String reason) -> writing.forEach(work -> queue.notDecided(work, reason));
            default -> failAsBug(message.cause());
        }
        writing = List.of();
        unheard = List.of();
        return childIsFree(message.child());
    }

    private String failAsBug(Throwable bug) {
        String traceId = Answers.logged(id, bug);
        writing.forEach(work -> queue.failed(work, traceId));
        return traceId;
    }

    private Behavior<GateMessage> childIsFree(ActorRef<ChildMessage> free) {
        backOff = FIRST_BACK_OFF;
        ready = free;
        return drive();
    }

    private Behavior<GateMessage> drive() {
        if (ready != null) {
            List<Work> batch = queue.nextBatch(host.settings().batch());
            if (!batch.isEmpty() && !host.mayAnswer().getAsBoolean()) {
                batch.forEach(work -> queue.notDecided(work, "no-majority"));
                return drive();
            } else if (!batch.isEmpty()) {
                writing = batch;
                ready.tell(new ChildMessage.Decide(batch, queue.sentBefore(batch)));
                ready = null;
            } else if (stopping) {
                return Behaviors.stopped();
            }
        }
        scheduleExpiry();
        return this;
    }

    private void scheduleExpiry() {
        if (!queue.isEmpty() && !timers.isTimerActive(Expire.class)) {
            expireAt(queue.earliestDeadline());
        }
    }

    private void expireAt(Instant deadline) {
        expiry = deadline;
        timers.startSingleTimer(Expire.class, new Expire(), until(deadline));
    }

    private Duration until(Instant moment) {
        Instant now = host.clock().instant();
        return moment.isAfter(now) ? Duration.between(now, moment) : Duration.ZERO;
    }

    private Behavior<GateMessage> expireWaiting() {
        queue.expire(writing);
        return drive();
    }

    // ---- trouble -------------------------------------------------------------------------------------------------

    private Behavior<GateMessage> childFailed(ChildFailed failed) {
        if (child == null || !failed.getRef().path().equals(child.path())) {
            return this;
        }
        answerOrPutBack(Failure.of(failed.getCause(), !writing.isEmpty()));
        writing = List.of();
        unheard = List.of();
        child = null;
        ready = null;
        unread = false;
        if (stopping && queue.isEmpty()) {
            return Behaviors.stopped();
        }
        notBefore = System.nanoTime() + backOff.toNanos();
        backOff = longer(backOff);
        if (!queue.isEmpty()) {
            scheduleRevival();
        }
        scheduleExpiry();
        return this;
    }

    private void answerOrPutBack(Failure failure) {
        switch (failure) {
            case Failure.NothingStored(String reason) -> {
                writing.forEach(work -> queue.notDecided(work, reason));
                queue.answerCertain(work -> queue.notDecided(work, reason));
            }
            case Failure.InDoubt(Throwable cause) -> readBackSoon("It is unknown what was stored", cause);
            case Failure.Conflict(Throwable cause) -> readBackSoon("Another node may believe that it owns it", cause);
            case Failure.Overtaken(Throwable cause) -> {
                getContext().getLog()
                        .warn("{}: a write came late, or another node believes that it owns it, so it is read anew: {}",
                                id.persistenceId(), cause.getMessage());
                queue.putBackToReadBack(writing, version);
            }
            case Failure.KeySpentUnnoticed _ -> {
                queue.putBackToReadBack(writing, version);
                spentUnnoticed = WorkQueue.keysOf(writing);
            }
            case Failure.Bug bug -> {
                String traceId = failAsBug(bug.cause());
                queue.answerCertain(work -> queue.failed(work, traceId));
            }
        }
    }

    private void readBackSoon(String why, Throwable cause) {
        getContext().getLog()
                .warn("{}: {}, so {} commands wait until the journal has been read back: {}", id.persistenceId(), why,
                        writing.size(), String.valueOf(cause.getMessage()));
        queue.putBackInDoubt(writing, version);
    }

    /** For those who wait: an entity that nobody asks for rests, however broken. */
    private void scheduleRevival() {
        if (!timers.isTimerActive(Revive.class)) {
            long left = notBefore - System.nanoTime();
            timers.startSingleTimer(Revive.class, new Revive(), Duration.ofNanos(Math.max(0, left)));
        }
    }

    private Behavior<GateMessage> revive() {
        if (child == null) {
            startChild();
        } else {
            unread = false;
            child.tell(new ChildMessage.Decide(List.of(), Set.of()));
        }
        return this;
    }

    private void startChild() {
        giveBackKeys.run();
        KeyWindow keys = new KeyWindow(host.settings().keyRetention(), host.keys(), spentUnnoticed);
        giveBackKeys = keys::giveBack;
        child = getContext().spawnAnonymous(
                EntityChild.create(model, host, id, new EntityChild.Parent(getContext().getSelf(), keys)));
        getContext().watch(child);
    }

    private void readBack(Ready message) {
        getContext().pipeToSelf(host.history().storedBy(queue.doubtful(), id, queue.doubtfulSince(), message.version()),
                (events, failure) -> failure == null
                        ? new ReadBack(message.child(), events)
                        : new ReadBackFailed(message.child(), failure));
    }

    private Behavior<GateMessage> resolveDoubts(ReadBack found) {
        if (!found.child().equals(child)) {
            return this;
        }
        queue.answerStored(found.events(), (submit, events) -> Answers.readBack(submit, events, host.history(), id));
        queue.settleDoubts();
        queue.expire(List.of());
        return childIsFree(found.child());
    }

    private Behavior<GateMessage> readBackFailed(ReadBackFailed failed) {
        if (!failed.child().equals(child)) {
            return this;
        }
        getContext().getLog()
                .warn("Cannot read back {}, trying again in {}: {}", id.persistenceId(), backOff,
                        String.valueOf(failed.cause().getMessage()));
        notBefore = System.nanoTime() + backOff.toNanos();
        backOff = longer(backOff);
        unread = true;
        if (!queue.isEmpty()) {
            scheduleRevival();
        }
        return this;
    }

    private static Duration longer(Duration backOff) {
        Duration doubled = backOff.multipliedBy(2);
        return doubled.compareTo(LONGEST_BACK_OFF) < 0 ? doubled : LONGEST_BACK_OFF;
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    private Behavior<GateMessage> stop() {
        stopping = true;
        timers.startSingleTimer(StopNow.class, new StopNow(), host.settings().stopWithin());
        return child == null && queue.isEmpty() ? Behaviors.stopped() : drive();
    }

    /** Whoever ends it, and however. */
    private Behavior<GateMessage> answerAll() {
        giveBackKeys.run();
        queue.answerCertain(work -> queue.notDecided(work, "stopping"));
        queue.answerDoubtful(Answers::outcomeUnknown);
        writing.forEach(Answers::outcomeUnknown);
        writing = List.of();
        unheard = List.of();
        return this;
    }
}

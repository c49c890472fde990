package io.ritsem.runtime.sharding;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;

import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.util.Timeout;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.concurrent.ExecutionContext;
import scala.util.Try;

import io.ritsem.runtime.entity.GateMessage;

/**
 * One command or read on its way to an entity that may be moving, or whose node may be dying. While nobody answers it is
 * sent again, if that cannot do anything twice; when its entity's node says that it does not serve it any more, with
 * certainty that nothing was stored, it is sent to the next one. Thread-safe.
 *
 * @param <R> the answer
 */
final class Delivery<R> {

    /** Longer than an answer takes but in trouble; then twice as long each time. */
    private static final Duration FIRST_SILENCE = Duration.ofMillis(500);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** Beyond the deadline, for the answer's own way: the entity, which knows more, should be the one to speak. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final EntityRef<GateMessage> entity;
    private final Question<R> question;
    private final Instant deadline;
    private final long since = System.nanoTime();
    private final CompletableFuture<R> answer = new CompletableFuture<>();
    private volatile GateMessage.@Nullable Work sent;
    private volatile long repeatAt = Long.MAX_VALUE;
    private volatile boolean inDoubt;
    private Duration silence = FIRST_SILENCE;
    private Duration pause = FIRST_PAUSE;

    /**
     * What is asked.
     *
     * @param message asks it, and is answered there
     * @param harmlessTwice whether it may come twice: a read, or a command with a key
     * @param moved whether an answer says that nothing was done, and that somebody else may do it in a moment, so long after
     *        it was first asked
     */
    record Question<R>(Function1<ActorRef<R>, GateMessage.Work> message, boolean harmlessTwice,
            BiPredicate<R, Duration> moved) {}

    /** Runs a task after a while. */
    interface Later {
        void run(Duration after, Runnable task);
    }

    Delivery(EntityRef<GateMessage> entity, Question<R> question, Instant deadline) {
        this.entity = entity;
        this.question = question;
        this.deadline = deadline;
    }

    /** Fails if there is no answer by the deadline. */
    CompletableFuture<R> answer() {
        return answer;
    }

    /**
     * Whether an earlier copy may still have been done, so that an answer that nothing was is not the whole truth.
     */
    boolean isInDoubt() {
        return inDoubt;
    }

    /** Sends it. Completes on the thread that brings the answer: what Akka offers to Java takes one more pool of threads. */
    void send(Later later) {
        repeatAt = question.harmlessTwice() ? System.nanoTime() + silence.toNanos() : Long.MAX_VALUE;
        try {
            entity.asScala().<R>ask(replyTo -> {
                GateMessage.Work message = question.message().apply(replyTo);
                sent = message;
                return inDoubt ? message.again() : message;
            }, Timeout.create(within(deadline))).onComplete(result -> {
                answered(result, later);
                return null;
            }, ExecutionContext.parasitic$.MODULE$);
        } catch (RuntimeException | Error failure) { // nobody else would tell who waits
            answer.completeExceptionally(failure);
        }
    }

    private void answered(Try<R> result, Later later) {
        endRepeating();
        if (result.isFailure()) {
            answer.completeExceptionally(result.failed().get());
        } else if (question.moved().test(result.get(), Duration.ofNanos(System.nanoTime() - since))
                && pause.compareTo(left()) < 0) {
            Duration now = pause;
            pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
            try {
                later.run(now, () -> send(later));
            } catch (RuntimeException | Error stopping) { // there is no later: what was said is so
                answer.complete(result.get());
            }
        } else {
            answer.complete(result.get());
        }
    }

    /** From here on it is known whether an earlier copy is on its way. */
    private synchronized void endRepeating() {
        repeatAt = Long.MAX_VALUE;
    }

    /** Sends it again if it is time; to be called often. */
    synchronized void repeatIfSilent(long now) {
        GateMessage.Work first = sent;
        if (repeatAt != Long.MAX_VALUE && now - repeatAt > 0 && first != null && !answer.isDone()) {
            silence = silence.multipliedBy(2);
            repeatAt = now + silence.toNanos();
            inDoubt = true;
            entity.tell(first.again());
        }
    }

    private Duration left() {
        return Duration.between(Instant.now(), deadline);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    static Duration within(Instant deadline) {
        Duration left = Duration.between(Instant.now(), deadline);
        return left.isPositive() ? left.plus(GRACE) : GRACE;
    }
}

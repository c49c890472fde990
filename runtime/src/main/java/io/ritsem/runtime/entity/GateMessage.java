package io.ritsem.runtime.entity;

import java.time.Instant;
import java.util.UUID;

import akka.actor.typed.ActorRef;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;

/** What a gate is told. Immutable; what comes from outside can travel between nodes. */
public sealed interface GateMessage permits GateMessage.Work, GateMessage.Stop, Gate.Notice {

    /** Something that somebody waits for an answer to. */
    sealed interface Work extends GateMessage {

        /** Past it nobody waits any more. */
        Instant deadline();

        /** Who is answered. When the same is sent again it may be another, and this one not listen any more. */
        ActorRef<?> replyTo();

        /** Whether it was sent before, without an answer: that one may have come, too, or may still come. */
        boolean repeated();

        /** The same, sent once more. */
        Work again();

        /** Answers that it was not decided, and nothing stored. */
        default void refuse(String reason) {
            Answers.unavailable(this, reason);
        }
    }

    /**
     * A command.
     *
     * @param commandId its own id, which its events carry as their causation
     */
    record Submit(CommandRequest request, UUID commandId, ActorRef<CommandOutcome> replyTo, boolean repeated)
            implements Work {

        @Override public Instant deadline() {
            return request.deadline();
        }

        @Override public Submit again() {
            return new Submit(request, commandId, replyTo, true);
        }
    }

    /** A question for the state. */
    record Read(Instant deadline, ActorRef<ReadOutcome> replyTo, boolean repeated) implements Work {

        @Override public Read again() {
            return new Read(deadline, replyTo, true);
        }
    }

    /** Finish what is begun and stop: the shard is handed over, or the entity has been idle. */
    record Stop() implements GateMessage {}
}

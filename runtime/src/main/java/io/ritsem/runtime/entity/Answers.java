package io.ritsem.runtime.entity;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.entity.GateMessage.Read;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.entity.GateMessage.Work;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalUnreadableException;
import io.ritsem.runtime.journal.RecordedEvent;

/** Gives the answers that are not decisions. Stateless. */
final class Answers {

    private static final Logger log = LoggerFactory.getLogger(Gate.class);

    private Answers() {}

    /** What became of a command; of an acceptance, as much as can be told. */
    static void tell(Submit submit, CommandOutcome outcome) {
        submit.replyTo()
                .tell(outcome instanceof CommandOutcome.Accepted accepted ? FittingAnswer.of(accepted) : outcome);
    }

    /** Not decided, nothing stored. */
    static void unavailable(Work work, String reason) {
        switch (work) {
            case Submit submit -> submit.replyTo().tell(new CommandOutcome.Unavailable(reason));
            case Read read -> read.replyTo().tell(new ReadOutcome.Unavailable(reason));
        }
    }

    /** Perhaps stored, perhaps not. */
    static void outcomeUnknown(Work work) {
        switch (work) {
            case Submit submit -> submit.replyTo().tell(new CommandOutcome.OutcomeUnknown());
            case Read read -> read.replyTo().tell(new ReadOutcome.Unavailable("deadline-passed"));
        }
    }

    /** A command with the same key was still running. */
    static void keyInFlight(Work work) {
        switch (work) {
            case Submit submit -> submit.replyTo().tell(new CommandOutcome.KeyInFlight());
            case Read read -> throw new IllegalArgumentException("A read has no key");
        }
    }

    /** A bug, logged under this id. */
    static void failed(Work work, String traceId) {
        switch (work) {
            case Submit submit -> submit.replyTo().tell(new CommandOutcome.Failed(traceId));
            case Read read -> read.replyTo().tell(new ReadOutcome.Failed(traceId));
        }
    }

    /**
     * What the command was answered that spent the key, if this is that one: if it has the same fingerprint, which may be
     * another in another version, if it came as it was written then, or if it is the very same, sent again. Of any other that
     * cannot be decoded nobody can say whether it is that one.
     *
     * @param fingerprint of the command, or null if it cannot be decoded
     */
    static void replay(Submit submit, KeyWindow.Spent spent, byte @Nullable [] fingerprint, EntityHistory history,
            EntityId id) {
        tellWhenRead(submit, id, history.answer(id, spent, submit.commandId(), submit.request().returnState())
                .thenApply(stored -> {
                    byte[] spentOn = stored.key().fingerprint();
                    boolean same = !stored.answer().replayed() || Arrays.equals(spentOn, fingerprint)
                            || Arrays.equals(spentOn, DecodedCommand.fingerprintAsSent(submit.request()));
                    return same ? stored.answer()
                            : fingerprint == null ? new CommandOutcome.OutcomeUnknown()
                                    : new CommandOutcome.KeyReused();
                }));
    }

    /** What the journal says that became of a command in doubt. */
    static void readBack(Submit submit, List<RecordedEvent> events, EntityHistory history, EntityId id) {
        tellWhenRead(submit, id, history.answer(id, events, submit.request().returnState()));
    }

    /** It is stored for certain, so never "nothing was stored": who gets no answer may ask again with the same key. */
    private static void tellWhenRead(Submit submit, EntityId id, CompletionStage<? extends CommandOutcome> reading) {
        var _ = reading.whenComplete((answer, failure) -> {
            if (failure != null && !isAway(failure)) {
                var _ = logged(id, failure);
            }
            tell(submit, failure == null ? answer : new CommandOutcome.OutcomeUnknown());
        });
    }

    private static boolean isAway(Throwable failure) {
        return failure instanceof UnavailableException || failure.getCause() instanceof JournalUnreadableException;
    }

    /** Logs a bug once, with all that is known about it, and says under which id. Of what cannot be read, no stack tells more. */
    static String logged(EntityId id, Throwable cause) {
        String traceId = UUID.randomUUID().toString().replace("-", "");
        Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                .filter(UnreadableEntityException.class::isInstance)
                .findFirst()
                .ifPresentOrElse(unreadable -> log.error("{} [traceId {}]", unreadable.getMessage(), traceId),
                        () -> log.error("A bug at {} [traceId {}]", id.persistenceId(), traceId, cause));
        return traceId;
    }
}

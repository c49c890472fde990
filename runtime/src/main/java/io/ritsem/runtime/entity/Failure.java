package io.ritsem.runtime.entity;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

import akka.pattern.CircuitBreakerOpenException;
import akka.persistence.RecoveryTimedOut;

import io.ritsem.runtime.journal.JournalWriteException;

/** What the failure of a persistent child means for those who wait. */
sealed interface Failure {

    /**
     * Nothing was stored.
     *
     * @param reason what the callers are told: {@code journal-away}, {@code no-majority} or {@code older-nodes-at-work}
     */
    record NothingStored(String reason) implements Failure {}

    /** What was being written may be stored; the journal knows. */
    record InDoubt(Throwable cause) implements Failure {}

    /** Another writer has stored events of this entity. */
    record Conflict(Throwable cause) implements Failure {}

    /** There are events that the child did not know; nothing was sent. */
    record Overtaken(Throwable cause) implements Failure {}

    /** One of the keys is spent, and the child did not know: it was spent before its window begins, or elsewhere. */
    record KeySpentUnnoticed() implements Failure {}

    /** The application's or our own mistake, such as an event that cannot be read. */
    record Bug(Throwable cause) implements Failure {}

    String AWAY = "journal-away";

    /** Reads it off the cause of a child's end, which was writing a batch or not (it was recovering then). */
    static Failure of(Throwable cause, boolean writing) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            switch (at) {
                case JournalWriteException.Unavailable _,CircuitBreakerOpenException _ -> {
                    return new NothingStored(AWAY);
                }
                case JournalWriteException.NoMajority _ -> {
                    return new NothingStored("no-majority");
                }
                case JournalWriteException.NotReadableByAll _ -> {
                    return new NothingStored("older-nodes-at-work");
                }
                case JournalWriteException.Refused _ -> {
                    return new Bug(cause);
                }
                case JournalWriteException.KeyConflict _,KeySpentException _ -> {
                    return new KeySpentUnnoticed();
                }
                case OvertakenException overtaken -> {
                    return new Overtaken(overtaken);
                }
                case JournalWriteException.Conflict conflict -> {
                    return new Conflict(conflict);
                }
                case JournalWriteException.OutcomeUnknown unknown -> {
                    return new InDoubt(unknown);
                }
                case JournalNotAskedException unread -> {
                    // it is asked before anything is sent
                    return of(Objects.requireNonNull(unread.getCause()), false);
                }
                case SQLException _,TimeoutException _,RecoveryTimedOut _ -> {
                    return away(cause, writing);
                }
                default -> {
                    // its cause tells
                }
            }
        }
        return writing ? new InDoubt(cause) : new Bug(cause);
    }

    private static Failure away(Throwable cause, boolean writing) {
        return writing ? new InDoubt(cause) : new NothingStored(AWAY);
    }
}

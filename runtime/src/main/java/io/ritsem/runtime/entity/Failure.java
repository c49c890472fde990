package io.ritsem.runtime.entity;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

import akka.pattern.CircuitBreakerOpenException;
import akka.persistence.RecoveryTimedOut;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.JournalWriteException;

/** What the failure of a persistent child means for those who wait. */
sealed interface Failure {

    /**
     * Nothing was stored.
     *
     * @param reason what the callers are told: {@code journal-away}, {@code no-majority}, {@code older-nodes-at-work}, {@code overloaded} or
     *     {@code stopping}
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
                case JournalNotAskedException unasked -> {
                    // it is asked before anything is sent
                    return of(Objects.requireNonNull(unasked.getCause()), false);
                }
                case SQLException _,TimeoutException _,RecoveryTimedOut _ -> {
                    return writing ? new InDoubt(cause) : new NothingStored(AWAY);
                }
                default -> {
                    @Nullable Failure told = told(at, cause);
                    if (told != null) {
                        return told;
                    }
                }
            }
        }
        return writing ? new InDoubt(cause) : new Bug(cause);
    }

    /** What a type of exception says by itself, or null if its cause may tell. */
    private static @Nullable Failure told(Throwable at, Throwable cause) {
        return switch (at) {
            case JournalWriteException.Unavailable _,CircuitBreakerOpenException _ -> new NothingStored(AWAY);
            case JournalWriteException.NoMajority _ -> new NothingStored("no-majority");
            case JournalWriteException.NotReadableByAll _ -> new NothingStored("older-nodes-at-work");
            case JournalWriteException.Refused _ -> new Bug(cause);
            case JournalWriteException.KeyConflict _,KeySpentException _ -> new KeySpentUnnoticed();
            case JournalWriteException.Conflict conflict -> new Conflict(conflict);
            case JournalWriteException.OutcomeUnknown unknown -> new InDoubt(unknown);
            case UnavailableException unavailable -> new NothingStored(unavailable.reason());
            case OvertakenException overtaken -> new Overtaken(overtaken);
            default -> null;
        };
    }
}

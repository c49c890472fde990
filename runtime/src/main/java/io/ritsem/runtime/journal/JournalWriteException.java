package io.ritsem.runtime.journal;

import org.jspecify.annotations.Nullable;

/** Why a write to the journal failed, told apart by what its author may do now. */
public abstract sealed class JournalWriteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private JournalWriteException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Somebody else has stored an event of this entity at this sequence: the author is stale. Nothing was stored. */
    public static final class Conflict extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        Conflict(String what, Throwable cause) {
            super("Another writer was quicker with " + what, cause);
        }
    }

    /** The command's idempotency key is spent already. Nothing was stored. */
    public static final class KeyConflict extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        KeyConflict(String what, Throwable cause) {
            super("The idempotency key is spent already: " + what, cause);
        }
    }

    /** The database refuses these rows, whenever they come. Nothing was stored. */
    public static final class Refused extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        Refused(String what, Throwable cause) {
            super("The database refuses " + what, cause);
        }
    }

    /** The journal is away or its queue is full. Nothing was stored. */
    public static final class Unavailable extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        Unavailable(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }

    /** The node may have lost its entities to another one before the database was to store. Nothing was stored. */
    public static final class NoMajority extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        NoMajority(String what, Throwable cause) {
            super("Another node may own the entity of " + what, cause);
        }
    }

    /** A node at work could not read the events. Nothing was stored. */
    public static final class NotReadableByAll extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        NotReadableByAll(String what, Throwable cause) {
            super("A node at work could not read " + what, cause);
        }
    }

    /** The connection was lost with the write on its way: only the journal knows. */
    public static final class OutcomeUnknown extends JournalWriteException {
        private static final long serialVersionUID = 1L;

        OutcomeUnknown(String what, Throwable cause) {
            super("Nobody knows whether the journal holds " + what, cause);
        }
    }
}

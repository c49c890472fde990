package io.ritsem.runtime.journal;

/** The database cannot be reached, or does not let us in; the message is one sentence. */
public final class DatabaseUnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DatabaseUnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.ritsem.postgres;

import org.jspecify.annotations.Nullable;

/** The embedded PostgreSQL could not do what was asked; the message is meant for the person at the terminal. */
public final class EmbeddedDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedDatabaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

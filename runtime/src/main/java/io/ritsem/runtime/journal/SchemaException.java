package io.ritsem.runtime.journal;

/** The database is not one that this node may work with; the message says why, and what helps. */
public final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SchemaException(String message) {
        super(message);
    }
}

package io.ritsem.runtime.application;

/** A stored event is not what a record of this release reads, or nothing reads it; its message says which, and why. */
public final class UnreadableEventException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    UnreadableEventException(String message) {
        super(message);
    }

    UnreadableEventException(String message, Throwable cause) {
        super(message, cause);
    }
}

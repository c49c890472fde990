package io.ritsem.projections.engine;

/** The JSON that was given for an event is not what the event's name and version stand for; the message says why. */
public final class InvalidEditException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidEditException(String message, Throwable cause) {
        super(message, cause);
    }
}

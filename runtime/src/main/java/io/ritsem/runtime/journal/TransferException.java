package io.ritsem.runtime.journal;

/** Events cannot be exported or imported; the message is a sentence that says why, and what helps. */
public final class TransferException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TransferException(String message) {
        super(message);
    }

    TransferException(String message, Throwable cause) {
        super(message, cause);
    }
}

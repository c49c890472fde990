package bank.replay;

/** The replay cannot go on: what happened, for the person who runs it. */
sealed class ReplayException extends Exception {

    private static final long serialVersionUID = 1;

    ReplayException(String message, Throwable cause) {
        super(message, cause);
    }

    ReplayException(String message) {
        super(message);
    }

    /** There was no connection to begin with, so nothing has been sent. */
    static final class NotSent extends ReplayException {

        private static final long serialVersionUID = 1;

        NotSent(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

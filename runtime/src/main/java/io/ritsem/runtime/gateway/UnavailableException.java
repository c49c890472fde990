package io.ritsem.runtime.gateway;

/** A read that could not be served now: try again. */
public final class UnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    public UnavailableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** Kebab-case, as in {@link CommandOutcome.Unavailable}. */
    public String reason() {
        return reason;
    }
}

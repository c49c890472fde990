package io.ritsem.runtime.gateway;

/** An entity's state is larger than {@link CommandGateway#LARGEST_MESSAGE}, so nobody is told it. */
public final class StateTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final long version;
    private final int bytes;
    private final int limit;

    public StateTooLargeException(long version, int bytes, int limit) {
        super("The state at version %d has %d bytes; at most %d can be told".formatted(version, bytes, limit));
        this.version = version;
        this.bytes = bytes;
        this.limit = limit;
    }

    /** The entity's. */
    public long version() {
        return version;
    }

    /** How large it is. */
    public int bytes() {
        return bytes;
    }

    /** How large it may be. */
    public int limit() {
        return limit;
    }
}

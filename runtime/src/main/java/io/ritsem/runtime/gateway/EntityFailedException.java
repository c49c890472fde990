package io.ritsem.runtime.gateway;

/** A bug kept an entity from answering; it was logged under the trace id. */
public final class EntityFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String traceId;

    public EntityFailedException(String traceId) {
        super("A bug, logged under " + traceId);
        this.traceId = traceId;
    }

    /** Where the log tells more. */
    public String traceId() {
        return traceId;
    }
}

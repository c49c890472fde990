package io.ritsem.projections.query;

/** A query that asks for what the view does not have; the message says what, and what it has. */
public final class InvalidQueryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String parameter;

    public InvalidQueryException(String parameter, String message) {
        super(message);
        this.parameter = parameter;
    }

    /** The query parameter that is wrong, such as {@code balance.gte}, {@code sort} or {@code cursor}. */
    public String parameter() {
        return parameter;
    }
}

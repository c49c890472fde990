package io.ritsem.projections.query;

import java.util.List;

/** A query that asks for what the view does not have; it says everything that is wrong with it. */
public final class InvalidQueryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<QueryError> errors;

    public InvalidQueryException(List<QueryError> errors) {
        super(errors.toString());
        this.errors = List.copyOf(errors);
    }

    /** All of them, at least one, in the order of the query. */
    public List<QueryError> errors() {
        return errors;
    }
}

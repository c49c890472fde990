package io.ritsem.runtime.json;

import java.util.List;

/** A JSON document that is not what it should be; it says everything that is wrong with it. */
public final class InvalidJsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public InvalidJsonException(List<Violation> violations) {
        super(violations.toString());
        this.violations = List.copyOf(violations);
    }

    /** All of them, at least one, in document order. */
    public List<Violation> violations() {
        return violations;
    }
}

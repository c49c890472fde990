package io.ritsem.runtime.json;

import java.util.List;
import java.util.stream.Collectors;

/** A JSON document that is not what it should be; it says everything that is wrong with it. */
public final class InvalidJsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public InvalidJsonException(List<Violation> violations) {
        super(violations.stream().map(Violation::sentence).collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    /** All of them, at least one, in document order. */
    public List<Violation> violations() {
        return violations;
    }
}

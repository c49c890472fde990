package io.ritsem.http.server;

import java.util.Set;

/** The path is there, but not for this method. */
final class MethodNotAllowedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String allowed;

    MethodNotAllowedException(Set<String> allowed) {
        super(null, null, false, false);
        this.allowed = String.join(", ", allowed);
    }

    /** The value of the header {@code Allow}. */
    String allowed() {
        return allowed;
    }
}

package io.ritsem.projections.engine;

import io.ritsem.projections.store.Failure;

/** An application's function threw, for good. */
final class HandlerFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    HandlerFailedException(Throwable cause) {
        super(cause);
        this.failure = Failure.of(cause);
    }

    Failure failure() {
        return failure;
    }
}

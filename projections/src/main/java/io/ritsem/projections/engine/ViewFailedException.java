package io.ritsem.projections.engine;

import org.jspecify.annotations.Nullable;

/** A view cannot go on, and trying again would not help: too many keys fail, or what keeps it is no single key. */
final class ViewFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ViewFailedException(String view, String what, @Nullable Throwable cause) {
        super("The view '%s' %s: %s".formatted(view, what, cause), cause);
    }

    ViewFailedException(String view, String what, String which) {
        super("The view '%s' %s: %s".formatted(view, what, which));
    }
}

package io.ritsem.projections.engine;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.RecordedEvent;

/** A view cannot get past an event: its handler threw, or what it made cannot be kept. Trying again would not help. */
final class ViewFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ViewFailedException(String view, RecordedEvent event, Throwable cause) {
        super("The view '%s' cannot apply %s, event %d of %s at %s: %s".formatted(view, event.manifest(),
                event.sequence(), event.entity().persistenceId(), event.position(), cause), cause);
    }

    ViewFailedException(String view, String what, @Nullable Throwable cause) {
        super("The view '%s' %s: %s".formatted(view, what, cause), cause);
    }
}

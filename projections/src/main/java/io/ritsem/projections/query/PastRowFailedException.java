package io.ritsem.projections.query;

import io.ritsem.runtime.journal.RecordedEvent;

/** A view cannot apply an event: a bug of the application, in the view's handler, an upcaster or what they make. */
public final class PastRowFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String view;
    private final String event;
    private final long sequence;

    PastRowFailedException(String view, RecordedEvent event, Throwable cause) {
        super("The view '%s' cannot apply %s, event %d of %s: %s".formatted(view, event.manifest(), event.sequence(),
                event.entity().persistenceId(), cause), cause);
        this.view = view;
        this.event = event.manifest().toString();
        this.sequence = event.sequence();
    }

    /** The view's name. */
    public String view() {
        return view;
    }

    /** What the event is, such as {@code account.deposited/1}. */
    public String event() {
        return event;
    }

    /** Its place among its entity's events. */
    public long sequence() {
        return sequence;
    }
}

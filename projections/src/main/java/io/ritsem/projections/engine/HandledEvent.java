package io.ritsem.projections.engine;

import java.util.List;
import java.util.Objects;

import io.ritsem.domain.Recorded;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.RecordedEvent;

/**
 * A stored event as an application's handlers are given it. Immutable.
 *
 * @param stands the current events that it stands for, in order: itself, or what its upcaster makes of it
 * @param recorded where, when and by whom it was recorded
 */
public record HandledEvent(List<?> stands, Recorded recorded) {

    /**
     * Reads a stored event.
     *
     * @throws IllegalArgumentException if the application cannot read it; whatever an upcaster throws
     */
    public static HandledEvent of(ApplicationModel application, RecordedEvent event) {
        List<?> stands = Objects.requireNonNull(application.entity(event.entity().type()))
                .decodeEvent(event.manifest().event(), event.manifest().version(), event.data());
        return new HandledEvent(stands, new Recorded(event.entity().type(), event.entity().id(), event.sequence(),
                event.metadata().time(), event.metadata().caller()));
    }
}

package io.ritsem.projections.engine;

import java.util.List;
import java.util.Objects;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.KeyedViewDefinition;
import io.ritsem.domain.Recorded;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.RecordedEvent;

/** Calls a view's handlers with decoded events. Immutable, thread-safe. */
final class EventHandlers<R> {

    private final ViewTable<R> table;
    private final ApplicationModel application;

    EventHandlers(ViewTable<R> table, ApplicationModel application) {
        this.table = table;
        this.application = application;
    }

    boolean follows(RecordedEvent event) {
        return table.definition().follows().containsKey(event.entity().type());
    }

    /**
     * What these events do to the rows.
     *
     * @throws ViewFailedException if one cannot be decoded, or its handler throws
     */
    Changes<R> handle(List<RecordedEvent> events) {
        Changes<R> changes = new Changes<>(table);
        for (RecordedEvent event : events) {
            try {
                handle(event, changes);
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
                throw new ViewFailedException(table.view(), event, e);
            }
        }
        return changes;
    }

    private void handle(RecordedEvent event, Changes<R> changes) {
        HandledEvent handled = HandledEvent.of(application, event);
        for (Object decoded : handled.stands()) {
            handle(event, decoded, handled.recorded(), changes);
        }
    }

    private void handle(RecordedEvent event, Object decoded, Recorded recorded, Changes<R> changes) {
        switch (table.definition()) {
            case EntityViewDefinition<?, R> entityView -> {
                @SuppressWarnings("unchecked") // the definition has made sure that these are the events of the type
                EntityView<Object, R> view = (EntityView<Object, R>) entityView.view();
                changes.add(event.entity().id(), event, row -> view.apply(row, decoded, recorded));
            }
            case KeyedViewDefinition<R> keyedView -> {
                @SuppressWarnings("unchecked") // the same
                KeyedView<Object, R> view = (KeyedView<Object, R>) Objects
                        .requireNonNull(keyedView.handlers().get(event.entity().type()));
                view.apply(decoded, recorded, (key, change) -> changes.add(key, event, change));
            }
        }
    }
}

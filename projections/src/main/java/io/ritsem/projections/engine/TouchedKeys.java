package io.ritsem.projections.engine;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.KeyedViewDefinition;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.RecordedEvent;

/** Which rows of a view an event is about. Immutable, thread-safe. */
public final class TouchedKeys {

    private final ViewDefinition<?> view;
    private final ApplicationModel application;

    public TouchedKeys(ViewDefinition<?> view, ApplicationModel application) {
        this.view = view;
        this.application = application;
    }

    /** Whether the view follows the entity type of an event. */
    public boolean follows(RecordedEvent event) {
        return view.follows().containsKey(event.entity().type());
    }

    /**
     * The keys of the rows that a followed event may change. A view of other keys is asked itself; nothing is changed by an
     * event at which it throws.
     */
    public Set<String> of(RecordedEvent event) {
        return switch (view) {
            case EntityViewDefinition<?, ?> _ -> Set.of(event.entity().id());
            case KeyedViewDefinition<?> keyed -> {
                try {
                    yield asked(keyed, event);
                } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError thrown) {
                    // the engine meets the same, and says so
                    yield Set.of();
                }
            }
        };
    }

    private Set<String> asked(KeyedViewDefinition<?> keyed, RecordedEvent event) {
        @SuppressWarnings("unchecked") // the definition has made sure that these are the events of the type
        KeyedView<Object, Object> handler = (KeyedView<Object, Object>) Objects
                .requireNonNull(keyed.handlers().get(event.entity().type()));
        HandledEvent handled = HandledEvent.of(application, event);
        Set<String> keys = new LinkedHashSet<>();
        for (Object decoded : handled.stands()) {
            handler.apply(decoded, handled.recorded(), (key, _) -> {
                if (RowKey.isOne(key)) {
                    keys.add(key);
                }
            });
        }
        return keys;
    }
}

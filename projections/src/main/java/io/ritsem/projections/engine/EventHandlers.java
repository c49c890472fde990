package io.ritsem.projections.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.KeyedViewDefinition;
import io.ritsem.domain.Rows;
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
     * What these events do to the rows. In a view of an entity everything waits until the rows are there: the key is known
     * without asking anybody. The handler of another view is called at once; if it throws, its entity is parked.
     */
    Changes<R> handle(List<RecordedEvent> events, ParkedKeys parked, Attempts attempts) {
        Changes<R> changes = new Changes<>(table, parked, attempts);
        switch (table.definition()) {
            case EntityViewDefinition<?, R> view -> events.forEach(event -> add(view.view(), event, changes));
            case KeyedViewDefinition<R> view -> {
                Set<String> failed = new HashSet<>();
                for (RecordedEvent event : events) {
                    if (parked.hasEntity(event.entity()) || failed.contains(event.entity().persistenceId())) {
                        changes.park(event, null);
                    } else if (!handle(view, event, attempts, changes)) {
                        failed.add(event.entity().persistenceId());
                    }
                }
            }
        }
        return changes;
    }

    /** An event that stands for nothing any more leaves the row as it is, with its version. */
    private void add(EntityView<?, R> view, RecordedEvent event, Changes<R> changes) {
        @Nullable HandledEvent known = handled(event);
        if (known == null || !known.stands().isEmpty()) {
            changes.add(event.entity().id(), event,
                    row -> apply(view, row, known == null ? HandledEvent.of(application, event) : known));
        }
    }

    /** Null if it cannot be decoded: that is found out again, and told, when it is its turn. */
    private @Nullable HandledEvent handled(RecordedEvent event) {
        try {
            return HandledEvent.of(application, event);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError _) {
            return null;
        }
    }

    private record Noted<R>(String key, UnaryOperator<@Nullable R> change) {}

    private boolean handle(KeyedViewDefinition<R> view, RecordedEvent event, Attempts attempts, Changes<R> changes) {
        try {
            List<Noted<R>> noted = attempts.call(() -> {
                List<Noted<R>> calls = new ArrayList<>();
                call(view, event, (key, change) -> {
                    RowKey.check(key);
                    calls.add(new Noted<>(key, change));
                });
                return calls;
            });
            noted.forEach(change -> changes.add(change.key(), event, change.change()));
            return true;
        } catch (HandlerFailedException e) {
            changes.park(event, e.failure());
            return false;
        }
    }

    /**
     * What these events do to the row of one key; to others they have done it already. An event that does nothing to it, any
     * more or at all, leaves it as it is, with its version.
     */
    Changes<R> handleFor(String key, List<RecordedEvent> events, Attempts attempts) {
        Changes<R> changes = new Changes<>(table, new ParkedKeys(), attempts);
        switch (table.definition()) {
            case EntityViewDefinition<?, R> view -> events.forEach(event -> add(view.view(), event, changes));
            case KeyedViewDefinition<R> view -> events.forEach(event -> add(view, event, key, changes));
        }
        return changes;
    }

    /** If the handler throws, that is found out again, and told, when it is the event's turn. */
    private void add(KeyedViewDefinition<R> view, RecordedEvent event, String key, Changes<R> changes) {
        try {
            List<Noted<R>> noted = Attempts.single().call(() -> noted(view, event, key));
            noted.forEach(change -> changes.add(key, event, change.change()));
        } catch (HandlerFailedException _) {
            changes.add(key, event, row -> {
                @Nullable R after = row;
                for (Noted<R> noted : noted(view, event, key)) {
                    after = noted.change().apply(after);
                }
                return after;
            });
        }
    }

    private List<Noted<R>> noted(KeyedViewDefinition<R> view, RecordedEvent event, String only) {
        List<Noted<R>> noted = new ArrayList<>();
        call(view, event, (key, change) -> {
            if (key.equals(only)) {
                noted.add(new Noted<>(key, change));
            }
        });
        return noted;
    }

    private void call(KeyedViewDefinition<R> definition, RecordedEvent event, Rows<R> rows) {
        @SuppressWarnings("unchecked") // the definition has made sure that these are the events of the type
        KeyedView<Object, R> view = (KeyedView<Object, R>) Objects
                .requireNonNull(definition.handlers().get(event.entity().type()));
        HandledEvent handled = HandledEvent.of(application, event);
        for (Object decoded : handled.stands()) {
            view.apply(decoded, handled.recorded(), rows);
        }
    }

    private static <R> @Nullable R apply(EntityView<?, R> typed, @Nullable R before, HandledEvent handled) {
        @SuppressWarnings("unchecked") // the same
        EntityView<Object, R> view = (EntityView<Object, R>) typed;
        @Nullable R row = before;
        for (Object decoded : handled.stands()) {
            row = view.apply(row, decoded, handled.recorded());
        }
        return row;
    }
}

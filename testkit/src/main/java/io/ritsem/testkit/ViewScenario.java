package io.ritsem.testkit;

import java.time.Instant;
import java.util.List;

import io.ritsem.domain.EntityView;

/**
 * A view with one row per entity, and the events that it has seen. Immutable: each step gives a new scenario.
 *
 * <pre>{@code
 * ViewScenario.of(new Balances())
 *         .given("a1", new Opened("alice", ZERO), new Deposited(TEN, "salary"))
 *         .thenRow("a1", new Row("alice", TEN, true))
 *         .thenNoRow("a2");
 * }</pre>
 *
 * <p>
 * Unless said otherwise events were recorded at 2000-01-01T00:00:00Z by nobody known. The entity type that the view is
 * told in {@code Recorded} is {@code entity}, since only the application gives it a name.
 *
 * @param <E> the events
 * @param <R> the row
 */
public final class ViewScenario<E, R> {

    private final EntityView<E, R> view;
    private final Table<R> table;

    private ViewScenario(EntityView<E, R> view, Table<R> table) {
        this.view = view;
        this.table = table;
    }

    /** The view before the first event. */
    public static <E, R> ViewScenario<E, R> of(EntityView<E, R> view) {
        return new ViewScenario<>(view, Table.empty());
    }

    /** The events to come were recorded at this time, until another is said. */
    public ViewScenario<E, R> at(Instant time) {
        return new ViewScenario<>(view, table.at(time));
    }

    /** The events to come were caused by this caller, until another is said. */
    public ViewScenario<E, R> by(String caller) {
        return new ViewScenario<>(view, table.by(caller));
    }

    /** These events of one entity come next, after those given before. */
    @SafeVarargs @SuppressWarnings("varargs") // the array is only read
    public final ViewScenario<E, R> given(String id, E... events) {
        Table<R> next = table.apply(Defaults.TYPE, id, List.of(events),
                (event, recorded, rows) -> rows.update(id, row -> view.apply(row, event, recorded)));
        return new ViewScenario<>(view, next);
    }

    /**
     * Holds if the entity's row is this one.
     *
     * @throws AssertionError if it is another, or there is none
     */
    public ViewScenario<E, R> thenRow(String id, R row) {
        table.checkRow(id, row);
        return this;
    }

    /**
     * Holds if the entity has no row.
     *
     * @throws AssertionError if it has one
     */
    public ViewScenario<E, R> thenNoRow(String id) {
        table.checkNoRow(id);
        return this;
    }
}

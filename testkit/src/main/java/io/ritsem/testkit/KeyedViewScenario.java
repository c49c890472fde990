package io.ritsem.testkit;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.KeyedView;

/**
 * A view whose rows have keys of their own, and the events of one or several entity types that it has seen. Immutable:
 * each step gives a new scenario.
 *
 * <pre>{@code
 * KeyedViewScenario.of("account", new Turnover())
 *         .at(Instant.parse("1993-07-01T00:00:00Z"))
 *         .given("account", "a1", new Deposited(TEN, "cash-in"))
 *         .given("account", "a2", new Deposited(ONE, "cash-in"))
 *         .thenRow("cash-in.1993-07", new Row("cash-in", "1993-07", new BigDecimal("11"), ZERO, 2));
 * }</pre>
 *
 * <p>
 * Unless said otherwise events were recorded at 2000-01-01T00:00:00Z by nobody known.
 *
 * @param <R> the row
 */
public final class KeyedViewScenario<R> {

    private final Map<String, KeyedView<Object, R>> handlers;
    private final Table<R> table;

    private KeyedViewScenario(Map<String, KeyedView<Object, R>> handlers, Table<R> table) {
        this.handlers = handlers;
        this.table = table;
    }

    /** The view before the first event, with its handler for one entity type. */
    public static <E, R> KeyedViewScenario<R> of(String type, KeyedView<E, R> handler) {
        return new KeyedViewScenario<R>(Map.of(), Table.empty()).on(type, handler);
    }

    /** The view with its handler for one more entity type. */
    public <E> KeyedViewScenario<R> on(String type, KeyedView<E, R> handler) {
        Map<String, KeyedView<Object, R>> more = new HashMap<>(handlers);
        @SuppressWarnings("unchecked") // given() turns an event that is not the handler's into a sentence
        KeyedView<Object, R> untyped = (KeyedView<Object, R>) handler;
        more.put(type, untyped);
        return new KeyedViewScenario<>(Map.copyOf(more), table);
    }

    /** The events to come were recorded at this time, until another is said. */
    public KeyedViewScenario<R> at(Instant time) {
        return new KeyedViewScenario<>(handlers, table.at(time));
    }

    /** The events to come were caused by this caller, until another is said. */
    public KeyedViewScenario<R> by(String caller) {
        return new KeyedViewScenario<>(handlers, table.by(caller));
    }

    /**
     * These events of one entity come next, after those given before.
     *
     * @throws IllegalArgumentException if the view has no handler for the entity type, or a handler names a key that no
     *     view may have
     */
    public KeyedViewScenario<R> given(String type, String id, Object... events) {
        @Nullable KeyedView<Object, R> handler = handlers.get(type);
        if (handler == null) {
            throw new IllegalArgumentException("the view has no handler for the entity type '%s', only for %s"
                    .formatted(type, handlers.keySet()));
        }
        return new KeyedViewScenario<>(handlers, table.apply(type, id, List.of(events), handler));
    }

    /**
     * Holds if the row of this key is this one.
     *
     * @throws AssertionError if it is another, or there is none
     */
    public KeyedViewScenario<R> thenRow(String key, R row) {
        table.checkRow(key, row);
        return this;
    }

    /**
     * Holds if there is no row of this key.
     *
     * @throws AssertionError if there is one
     */
    public KeyedViewScenario<R> thenNoRow(String key) {
        table.checkNoRow(key);
        return this;
    }
}

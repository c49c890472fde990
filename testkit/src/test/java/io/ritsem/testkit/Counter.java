package io.ritsem.testkit;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;

import static io.ritsem.domain.Decision.accept;
import static io.ritsem.domain.Decision.nothing;
import static io.ritsem.domain.Decision.reject;

/** Counts up to ten, and remembers who did it last. */
final class Counter implements Entity<Counter.Command, Counter.Event, Counter.State> {

    sealed interface Command {
        record Add(int amount) implements Command {}

        record AddTwice(int amount) implements Command {}

        record Stamp() implements Command {}
    }

    sealed interface Event {
        record Added(int amount) implements Event {}

        record Stamped(String id, long version, Instant time, @Nullable String caller) implements Event {}
    }

    record State(int total, int events) {}

    @Override public State initial() {
        return new State(0, 0);
    }

    @Override public Decision<? extends Event> decide(State state, Command command, Context context) {
        return switch (command) {
            case Command.Add(var amount) when amount == 0 -> nothing();
            case Command.Add(var amount) when state.total() + amount > 10 ->
                    reject("too-much", "ten is the end", Map.of("left", 10 - state.total()));
            case Command.Add(var amount) -> accept(new Event.Added(amount)).reply(state.total() + amount);
            case Command.AddTwice(var amount) -> accept(new Event.Added(amount), new Event.Added(amount));
            case Command.Stamp _ -> accept(
                    new Event.Stamped(context.id(), context.version(), context.time(), context.caller()));
        };
    }

    @Override public State evolve(State state, Event event) {
        return switch (event) {
            case Event.Added(var amount) -> new State(state.total() + amount, state.events() + 1);
            case Event.Stamped _ -> new State(state.total(), state.events() + 1);
        };
    }
}

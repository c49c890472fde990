package io.ritsem.runtime.entity;

import java.math.BigDecimal;
import java.util.Map;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;

import static io.ritsem.domain.Decision.accept;
import static io.ritsem.domain.Decision.reject;

/** A till that takes money in and gives it out: enough of an entity to try everything on. */
public final class Till implements Entity<Till.Command, Till.Event, Till.State> {

    public sealed interface Command {
        record Pay(BigDecimal amount) implements Command {
            public Pay {
                if (amount.signum() <= 0) {
                    throw new IllegalArgumentException("amount must be positive");
                }
            }
        }

        record Take(BigDecimal amount) implements Command {}

        record Count() implements Command {}

        record Split(BigDecimal amount, int parts) implements Command {}

        record Explode() implements Command {}
    }

    public sealed interface Event {
        record Paid(BigDecimal amount) implements Event {}

        record Taken(BigDecimal amount) implements Event {}
    }

    public record State(BigDecimal money) {}

    @Override public State initial() {
        return new State(BigDecimal.ZERO);
    }

    @Override public Decision<? extends Event> decide(State state, Command command, Context context) {
        return switch (command) {
            case Command.Pay(var amount) -> accept(new Event.Paid(amount)).reply(context.version() + 1);
            case Command.Take(var amount) -> state.money().compareTo(amount) < 0
                    ? reject("too-little", "There is too little in the till", Map.of("money", state.money()))
                    : accept(new Event.Taken(amount));
            case Command.Count() -> Decision.<Event>nothing().reply(state.money());
            case Command.Split(var amount, var parts) -> accept(
                    java.util.stream.IntStream.range(0, parts)
                            .mapToObj(part -> new Event.Paid(amount))
                            .toArray(Event[]::new));
            case Command.Explode() -> throw new IllegalStateException("boom");
        };
    }

    @Override public State evolve(State state, Event event) {
        return switch (event) {
            case Event.Paid(var amount) -> new State(state.money().add(amount));
            case Event.Taken(var amount) -> new State(state.money().subtract(amount));
        };
    }

    /** The application of it. */
    public static final class Shop implements Application {
        @Override public void define(Definition app) {
            app.entity("till", new Till());
        }
    }
}

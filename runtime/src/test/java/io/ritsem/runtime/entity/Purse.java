package io.ritsem.runtime.entity;

import java.math.BigDecimal;
import java.util.List;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;
import io.ritsem.domain.Name;
import io.ritsem.domain.Version;

import static io.ritsem.domain.Decision.accept;

/** What the {@link Till} has become in a later release, with upcasters from what the till stored. */
final class Purse implements Entity<Purse.Command, Purse.Event, Purse.State> {

    sealed interface Command {
        record Pay(BigDecimal amount) implements Command {}
    }

    sealed interface Event {
        @Version(2)
        record Paid(BigDecimal amount, String coin) implements Event {}

        record Spent(BigDecimal amount) implements Event {}

        record Weighed() implements Event {}
    }

    record State(BigDecimal money, String lastCoin, int weighings) {}

    @Name("paid")
    record PaidV1(BigDecimal amount) {}

    record Taken(BigDecimal amount) {}

    @Override public State initial() {
        return new State(BigDecimal.ZERO, "", 0);
    }

    @Override public Decision<? extends Event> decide(State state, Command command, Context context) {
        return switch (command) {
            case Command.Pay(var amount) -> accept(new Event.Paid(amount, "gold")).reply(context.version() + 1);
        };
    }

    @Override public State evolve(State state, Event event) {
        return switch (event) {
            case Event.Paid(var amount, var coin) ->
                    new State(state.money().add(amount), coin, state.weighings());
            case Event.Spent(var amount) -> new State(state.money().subtract(amount), state.lastCoin(),
                    state.weighings());
            case Event.Weighed() -> new State(state.money(), state.lastCoin(), state.weighings() + 1);
        };
    }

    /** Taking is a spending with a weighing; a payment of 7 was a mistake. */
    static final class Bazaar implements Application {
        @Override public void define(Definition app) {
            app.entity("till", new Purse())
                    .upcast(PaidV1.class,
                            old -> old.amount().intValue() == 7 ? List.of()
                                    : List.of(new Event.Paid(old.amount(), "?")))
                    .upcast(Taken.class, old -> List.of(new Event.Spent(old.amount()), new Event.Weighed()));
        }
    }
}

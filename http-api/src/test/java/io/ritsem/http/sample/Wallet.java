package io.ritsem.http.sample;

import java.math.BigDecimal;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;

/** An entity with everything that a command can end in. */
public final class Wallet implements Entity<Wallet.Command, Wallet.Event, Wallet.State> {

    public sealed interface Command {

        record Open(String owner) implements Command {}

        record Put(BigDecimal amount, @Nullable String note) implements Command {
            public Put {
                if (amount.signum() <= 0) {
                    throw new IllegalArgumentException("amount must be above 0");
                }
            }
        }

        record Take(BigDecimal amount) implements Command {}

        record PutOften(BigDecimal amount, int times) implements Command {}

        record Touch() implements Command {}

        record Explode() implements Command {}
    }

    public sealed interface Event {

        record Opened(String owner) implements Event {}

        record PutIn(BigDecimal amount, @Nullable String note) implements Event {}

        record TakenOut(BigDecimal amount) implements Event {}
    }

    public record State(String owner, BigDecimal balance) {}

    @Override public State initial() {
        return new State("", BigDecimal.ZERO);
    }

    @Override public Decision<? extends Event> decide(State state, Command command, Context context) {
        return switch (command) {
            case Command.Open(String owner) ->
                    state.owner().isEmpty() ? Decision.accept(new Event.Opened(owner))
                            : Decision.reject("already-open");
            case Command.Explode() -> throw new IllegalStateException("planted, so that there is a bug");
            case Command _ when state.owner().isEmpty() -> Decision.reject("not-open", "The wallet is not open");
            case Command.Put(BigDecimal amount, var note) -> Decision.accept(new Event.PutIn(amount, note));
            case Command.Take(BigDecimal amount) when amount.compareTo(state.balance()) > 0 ->
                    Decision.reject("too-little", "There is less in it", Map.of("balance", state.balance()));
            case Command.Take(BigDecimal amount) ->
                    Decision.<Event>accept(new Event.TakenOut(amount)).reply(state.balance().subtract(amount));
            case Command.PutOften(BigDecimal amount, int times) -> {
                Event[] events = new Event[times];
                java.util.Arrays.fill(events, new Event.PutIn(amount, null));
                yield Decision.accept(events);
            }
            case Command.Touch() -> Decision.nothing();
        };
    }

    @Override public State evolve(State state, Event event) {
        return switch (event) {
            case Event.Opened(String owner) -> new State(owner, state.balance());
            case Event.PutIn(BigDecimal amount, _) -> new State(state.owner(), state.balance().add(amount));
            case Event.TakenOut(BigDecimal amount) -> new State(state.owner(), state.balance().subtract(amount));
        };
    }
}

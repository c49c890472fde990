package counter;

import io.ritsem.domain.*;

import static io.ritsem.domain.Decision.*;

public final class Counter implements Application {
    public sealed interface Command {
        record Add(long amount) implements Command {
            public Add { // what has the wrong shape is a 400, and never seen by decide
                if (amount < 1 || amount > 100) throw new IllegalArgumentException("amount must be 1 to 100");
            }
        }
        record Clear() implements Command {}
    }

    public sealed interface Event {
        record Added(long amount) implements Event {}
        record Cleared() implements Event {}
    }

    public record Total(long value) {}

    static final class Tally implements Entity<Command, Event, Total> {
        public Total initial() {
            return new Total(0);
        }

        public Decision<? extends Event> decide(Total total, Command command, Context context) {
            return switch (command) {
                case Command.Add(var amount) when total.value() + amount > 100 -> reject("too-high");
                case Command.Add(var amount) -> accept(new Event.Added(amount));
                case Command.Clear() -> accept(new Event.Cleared());
            };
        }

        public Total evolve(Total total, Event event) {
            return switch (event) {
                case Event.Added(var amount) -> new Total(total.value() + amount);
                case Event.Cleared() -> initial();
            };
        }
    }

    static final class Totals implements EntityView<Event, Total> {
        public Total apply(Total row, Event event, Recorded recorded) { // row is null before the first event
            return switch (event) {
                case Event.Added(var amount) -> new Total(row == null ? amount : row.value() + amount);
                case Event.Cleared() -> null; // no row
            };
        }
    }

    public record Times(long times) {}

    static final class Amounts implements KeyedView<Event, Times> { // how often an amount was added, anywhere
        public void apply(Event event, Recorded recorded, Rows<Times> rows) {
            switch (event) {
                case Event.Added(var amount) ->
                        rows.update(Long.toString(amount), row -> new Times(row == null ? 1 : row.times() + 1));
                case Event.Cleared() -> {}
            }
        }
    }

    public void define(Definition app) {
        app.entity("counter", new Tally());
        app.view("totals", new Totals()).of("counter").indexedBy("value");
        app.view("amounts", Times.class).on("counter", new Amounts()).indexedBy("times");
    }
}

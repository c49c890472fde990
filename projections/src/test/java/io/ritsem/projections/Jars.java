package io.ritsem.projections;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;

/** An application for tests: jars of a colour, into which marbles go. */
public final class Jars implements Application {

    public sealed interface Event {

        record Filled(String colour, long marbles) implements Event {}

        record Broken() implements Event {}
    }

    public record Poured(long drops) {}

    public record Command() {}

    public record State() {}

    /** The marbles in each jar. */
    public record Content(long marbles, long fillings) {}

    /** The marbles of each colour in all jars. */
    public record Colour(long marbles, long fillings) {}

    @Override public void define(Definition app) {
        entities(app);
        app.view("contents", new Contents()).of("jar").indexedBy("marbles");
        app.view("colours", Colour.class).on("jar", new Colours()).indexedBy("marbles");
    }

    public static void entities(Definition app) {
        app.entity("jar", new Jar());
        app.entity("rain", new Rain());
    }

    public static final class Jar implements Entity<Command, Event, State> {

        @Override public State initial() {
            return new State();
        }

        @Override public Decision<Event> decide(State state, Command command, Context context) {
            return Decision.nothing();
        }

        @Override public State evolve(State state, Event event) {
            return state;
        }
    }

    /** An entity type that no view follows. */
    public static final class Rain implements Entity<Command, Poured, State> {

        @Override public State initial() {
            return new State();
        }

        @Override public Decision<Poured> decide(State state, Command command, Context context) {
            return Decision.nothing();
        }

        @Override public State evolve(State state, Poured event) {
            return state;
        }
    }

    public static final class Contents implements EntityView<Event, Content> {

        @Override public @Nullable Content apply(@Nullable Content row, Event event, Recorded recorded) {
            return switch (event) {
                case Event.Filled(_, long marbles) -> row == null
                        ? new Content(marbles, 1)
                        : new Content(row.marbles() + marbles, row.fillings() + 1);
                case Event.Broken() -> null;
            };
        }
    }

    public static final class Colours implements KeyedView<Event, Colour> {

        @Override public void apply(Event event, Recorded recorded, Rows<Colour> rows) {
            switch (event) {
                case Event.Filled(var colour, long marbles) -> rows.update(colour, row -> row == null
                        ? new Colour(marbles, 1)
                        : new Colour(row.marbles() + marbles, row.fillings() + 1));
                case Event.Broken() -> {}
            }
        }
    }
}

package io.ritsem.projections;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;

/** Jars with the same views, whose handlers choke on {@link Poison}. */
final class FragileJars implements Application {

    static final String CONTENTS = "fragile-contents";
    static final String COLOURS = "fragile-colours";

    @Override public void define(Definition app) {
        Jars.entities(app);
        views(app);
    }

    static void views(Definition app) {
        app.view(CONTENTS, new Contents()).of("jar");
        app.view(COLOURS, Colour.class).on("jar", new Colours());
    }

    static final class Contents implements EntityView<Event, Content> {

        @Override public @Nullable Content apply(@Nullable Content row, Event event, Recorded recorded) {
            Poison.taste(recorded);
            return switch (event) {
                case Filled(_, long marbles) -> row == null
                        ? new Content(marbles, 1)
                        : new Content(row.marbles() + marbles, row.fillings() + 1);
                case Broken() -> null;
            };
        }
    }

    static final class Colours implements KeyedView<Event, Colour> {

        @Override public void apply(Event event, Recorded recorded, Rows<Colour> rows) {
            switch (event) {
                case Filled(var colour, long marbles) -> {
                    rows.update(colour, row -> {
                        Poison.taste(colour);
                        return row == null
                                ? new Colour(marbles, 1)
                                : new Colour(row.marbles() + marbles, row.fillings() + 1);
                    });
                    rows.update("all", row -> row == null
                            ? new Colour(marbles, 1)
                            : new Colour(row.marbles() + marbles, row.fillings() + 1));
                }
                case Broken() -> {}
            }
            Poison.taste(recorded); // after it has said what to do: that must not count
        }
    }
}

package io.ritsem.projections;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.query.AsOf;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.query.ViewRow;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.json.JsonType;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** Views of a journal that holds events of another version. */
class EventVersionsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    record FilledTwice(String colour, long first, long second) {}

    record Dusted() {}

    record Replaced(String colour) {}

    private final TestJournal journal = new TestJournal();

    @AfterEach void close() {
        journal.close();
    }

    @Test void a_view_gets_each_event_that_an_old_one_stands_for_and_passes_it_if_there_is_none() throws Exception {
        journal.write(event("jar", "a", new FilledTwice("red", 1, 2)));
        journal.write(event("jar", "a", new Dusted()));
        journal.write(event("jar", "b", new Filled("blue", 8)));
        journal.write(event("jar", "b", new Replaced("red")));
        Application jars = app -> {
            app.entity("jar", new Jars.Jar())
                    .upcast(FilledTwice.class,
                            old -> List.of(new Filled(old.colour(), old.first()),
                                    new Filled(old.colour(), old.second())))
                    .upcast(Replaced.class, old -> List.of(new Broken(), new Filled(old.colour(), 0)))
                    .upcast(Dusted.class, _ -> List.of());
            app.view("contents", new Jars.Contents()).of("jar");
            app.view("colours", Colour.class).on("jar", new Jars.Colours());
        };
        ApplicationModel application = ApplicationModel.of(jars);
        try (RunningNode node = new RunningNode(journal, jars).ready()) {
            long last = journal.write(event("jar", "a", new Dusted()));

            assertThat(node.passes("contents", partitionOf("jar", "a"), last, SOON)).isTrue();
            assertThat(node.passes("colours", partitionOf("jar", "a"), last, SOON)).isTrue();
            assertThat(journal.rows(node.table("contents")))
                    .isEqualTo(Map.of("a", new Content(3, 2), "b", new Content(0, 1)));
            assertThat(journal.rows(node.table("colours")))
                    .isEqualTo(Map.of("red", new Colour(3, 3), "blue", new Colour(8, 1)));
            ViewReader reader = new ViewReader(journal.dataSource(), journal.reader(), application,
                    new ViewReader.Sources(node.projections.views(), node.projections.live()), new QuerySettings(1));
            assertThat(contentAt(reader, "a", 1)).isEqualTo(new Content(3, 2));
            assertThat(contentAt(reader, "b", 1)).isEqualTo(new Content(8, 1));
            assertThat(contentAt(reader, "b", 2)).isEqualTo(new Content(0, 1));
            // What stands for no event any more changes nothing, here as there.
            assertThat(reader.rowAt("contents", "a", new AsOf.Version(3), SOON).row()).usingRecursiveComparison()
                    .isEqualTo(reader.row("contents", "a", SOON));
        }
    }

    private static Content contentAt(ViewReader reader, String key, long version) {
        ViewRow row = requireNonNull(reader.rowAt("contents", key, new AsOf.Version(version), SOON).row());
        return JsonType.of(Content.class).decodeStored(row.row());
    }
}

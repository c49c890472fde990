package io.ritsem.projections;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.DeadLetters.Waiting;
import io.ritsem.projections.query.AsOf;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.query.ViewRow;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.json.JsonType;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.PoisonedJars.retry;
import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Views of a journal that holds events of another version. */
class EventVersionsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    record FilledTwice(String colour, long first, long second) {}

    record Dusted() {}

    record Replaced(String colour) {}

    private final TestJournal journal = new TestJournal();

    private final HushedLog hush = new HushedLog("io.ritsem.projections.engine");

    @AfterEach void close() {
        Poison.heal();
        journal.close();
        hush.close();
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
        try (RunningNode node = new RunningNode(journal, jars).ready()) {
            long last = journal.write(event("jar", "a", new Dusted()));

            assertThat(node.passes("contents", partitionOf("jar", "a"), last, SOON)).isTrue();
            assertThat(node.passes("colours", partitionOf("jar", "a"), last, SOON)).isTrue();
            assertThat(journal.rows(node.table("contents")))
                    .isEqualTo(Map.of("a", new Content(3, 2), "b", new Content(0, 1)));
            assertThat(journal.rows(node.table("colours")))
                    .isEqualTo(Map.of("red", new Colour(3, 3), "blue", new Colour(8, 1)));
            ViewReader reader = reader(node, jars);
            assertThat(contentAt(reader, "a", 1)).isEqualTo(new Content(3, 2));
            assertThat(contentAt(reader, "b", 1)).isEqualTo(new Content(8, 1));
            assertThat(contentAt(reader, "b", 2)).isEqualTo(new Content(0, 1));
            // What stands for no event any more changes nothing, here as there.
            assertThat(reader.rowAt("contents", "a", new AsOf.Version(3), SOON).row()).usingRecursiveComparison()
                    .isEqualTo(reader.row("contents", "a", SOON));
        }
    }

    @Test void a_retry_leaves_a_row_as_a_rebuild_would_at_events_that_stand_for_nothing_by_now() throws Exception {
        Poison.events(recorded -> recorded.sequence() == 3);
        journal.write(event("jar", "a", new Filled("red", 1)));
        for (Record each : List.of(new Dusted(), new Filled("red", 2), new Dusted())) {
            journal.write(event("jar", "a", each));
        }
        ParkedKey key = ParkedKey.row("a");
        try (RunningNode before = new RunningNode(journal, fragile(_ -> {})).ready()) {
            await().atMost(SOON).until(() -> waiting(before, CONTENTS, key) == 3);
        }
        Application mended = fragile(jar -> jar.upcast(Dusted.class, _ -> List.of()));
        try (RunningNode node = new RunningNode(journal, mended).ready()) {
            ViewReader reader = reader(node, mended);
            Mended half = retry(node, CONTENTS, key).getFirst();
            assertThat(half.applied()).isEqualTo(1);
            assertThat(half.waiting()).isEqualTo(2);
            assertThat(requireNonNull(half.failure()).error()).contains("no, not a at 3");
            assertRowAt(reader, 2);
            Poison.heal();
            assertThat(retry(node, CONTENTS, key)).containsExactly(new Mended(1, 2, 0, null));
            assertRowAt(reader, 4);
        }
    }

    private static void assertRowAt(ViewReader reader, long version) {
        assertThat(reader.row(CONTENTS, "a", SOON)).usingRecursiveComparison()
                .ignoringFields("behind")
                .isEqualTo(reader.rowAt(CONTENTS, "a", new AsOf.Version(version), SOON).row());
    }

    @Test void a_retry_leaves_a_row_that_an_event_is_not_about_any_more() throws Exception {
        ParkedKey key = ParkedKey.row("red");
        @Nullable ViewRow row;
        Application first = fragile(jar -> jar.upcast(Replaced.class, old -> List.of(new Filled(old.colour(), 1))));
        try (RunningNode node = new RunningNode(journal, first).ready()) {
            long filled = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(node.passes(COLOURS, partitionOf("jar", "a"), filled, SOON)).isTrue();
            row = reader(node, first).row(COLOURS, "red", SOON);
            Poison.rows("red"::equals);
            journal.write(event("jar", "a", new Replaced("red")));
            await().atMost(SOON).until(() -> waiting(node, COLOURS, key) == 1);
        }
        Poison.heal();
        Application mended = fragile(jar -> jar.upcast(Replaced.class, _ -> List.of()));
        try (RunningNode node = new RunningNode(journal, mended).ready()) {
            assertThat(retry(node, COLOURS, key)).containsExactly(new Mended(1, 1, 0, null));
            assertThat(reader(node, mended).row(COLOURS, "red", SOON)).usingRecursiveComparison()
                    .ignoringFields("behind")
                    .isEqualTo(row);
        }
    }

    private static Application fragile(Consumer<EntityDefinition<Jars.Command, Jars.Event, Jars.State>> versions) {
        return app -> {
            versions.accept(app.entity("jar", new Jars.Jar()));
            FragileJars.views(app);
        };
    }

    private ViewReader reader(RunningNode node, Application application) {
        return new ViewReader(journal.dataSource(), journal.reader(), ApplicationModel.of(application),
                new ViewReader.Sources(node.projections.views(), node.projections.live()), new QuerySettings(1));
    }

    private static long waiting(RunningNode node, String view, ParkedKey key) {
        return node.projections.deadLetters()
                .inspect(view, key, 1)
                .stream()
                .mapToLong(Waiting::events)
                .sum();
    }

    private static Content contentAt(ViewReader reader, String key, long version) {
        ViewRow row = requireNonNull(reader.rowAt("contents", key, new AsOf.Version(version), SOON).row());
        return JsonType.of(Content.class).decodeStored(row.row());
    }
}

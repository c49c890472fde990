package io.ritsem.projections;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.DeadLetters.Letter;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.EntityId;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;

/** Events that a view cannot apply cost their key, and nothing else. */
class DeadLetterParkingTest extends PoisonedJars {

    @Test void one_poison_event_costs_its_row_and_retrying_a_fixed_handler_equals_the_fold() throws Exception {
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 2);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1));
            write(fill("a", "red", 2), fill("b", "red", 3));
            write(fill("a", "red", 4));
            for (int i = 0; i < 50; i++) {
                write(fill("jar-" + i, "blue", i));
            }
            awaitAll(node, CONTENTS);
            assertThat(node.status(CONTENTS).state()).isEqualTo(State.RUNNING);
            Map<String, Content> others = new TreeMap<>(contents);
            others.put("a", new Content(1, 1));
            assertThat(contents(node)).isEqualTo(others);
            assertThat(parked(node, CONTENTS)).containsExactly(ParkedKey.row("a"));
            List<Letter> letters = letters(node, CONTENTS, ParkedKey.row("a"));
            assertThat(letters).extracting(letter -> letter.event().sequence()).containsExactly(2L, 3L);
            assertThat(letters.getFirst().letter().failure().error()).contains("no, not a at 2");
            assertThat(letters.getFirst().letter().failure().stack()).contains("FragileJars");
            assertThat(letters.getFirst().letter().attempts()).isEqualTo(1);
            assertThat(letters.getLast().letter().failure()).isNull();
            assertThat(letters.getLast().letter().attempts()).isZero();

            assertThat(retry(node, CONTENTS, ParkedKey.row("a"))).singleElement().satisfies(mended -> {
                assertThat(mended.applied()).isZero();
                assertThat(mended.waiting()).isEqualTo(2);
                assertThat(mended.failure().error()).contains("no, not a at 2");
            });
            assertThat(letters(node, CONTENTS, ParkedKey.row("a")).getFirst().letter().attempts()).isEqualTo(2);
            Poison.heal();
            assertThat(retry(node, CONTENTS, ParkedKey.row("a")))
                    .containsExactly(new Mended(node.table(CONTENTS).generation(), 2, 0, null));
            assertThat(contents(node)).isEqualTo(contents);
            write(fill("a", "red", 8));
            awaitAll(node, CONTENTS);
            assertThat(contents(node)).isEqualTo(contents);
            assertThat(retry(node, CONTENTS, ParkedKey.row("a"))).isEmpty();
        }
    }

    @Test void what_follows_waits_as_well_whichever_batch_it_comes_with() throws Exception {
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 1);
        int more = RunningNode.SETTINGS.engine().batch(); // than are read of one partition at once
        write(IntStream.range(0, more).mapToObj(_ -> fill("a", "red", 1)).toArray(Written[]::new));
        try (RunningNode node = node()) {
            awaitAll(node, CONTENTS);
            assertThat(contents(node)).isEmpty();
            assertThat(letters(node, CONTENTS, ParkedKey.row("a"))).hasSize(more);
        }
    }

    @Test void a_row_of_a_keyed_view_is_parked_alone_although_its_events_touch_others() throws Exception {
        Poison.rows("red"::equals);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1), fill("a", "blue", 2), fill("b", "red", 4), fill("b", "blue", 8));
            write(fill("a", "red", 16));
            awaitAll(node, COLOURS);
            assertThat(parked(node, COLOURS)).containsExactly(ParkedKey.row("red"));
            assertThat(colours(node)).isEqualTo(Map.of("blue", new Colour(10, 2), "all", new Colour(31, 5)));
            assertThat(letters(node, COLOURS, ParkedKey.row("red"))).hasSize(3);
            Poison.heal();
            retry(node, COLOURS, ParkedKey.row("red"));
            assertThat(colours(node)).isEqualTo(colours);
            assertThat(parked(node, COLOURS)).isEmpty();
        }
    }

    @Test void when_the_handler_of_a_keyed_view_throws_its_entity_is_parked_and_nothing_of_the_event_counts()
            throws Exception {
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 2);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1), fill("a", "red", 2), fill("a", "blue", 4), fill("b", "red", 8));
            write(fill("a", "red", 16));
            awaitAll(node, COLOURS);
            ParkedKey jar = ParkedKey.entity(JAR_A);
            assertThat(parked(node, COLOURS)).containsExactly(jar);
            assertThat(colours(node)).isEqualTo(Map.of("red", new Colour(9, 2), "all", new Colour(9, 2)));
            assertThat(letters(node, COLOURS, jar)).hasSize(3);
            assertThat(retry(node, COLOURS, jar)).singleElement()
                    .satisfies(mended -> assertThat(mended.failure().error()).contains("no, not a at 2"));
            Poison.heal();
            Poison.rows("blue"::equals); // what fails then is another key
            assertThat(retry(node, COLOURS, jar)).singleElement()
                    .satisfies(mended -> assertThat(mended.applied()).isEqualTo(3));
            assertThat(parked(node, COLOURS)).containsExactly(ParkedKey.row("blue"));
            write(fill("b", "blue", 32));
            awaitAll(node, COLOURS);
            Poison.heal();
            retry(node, COLOURS, ParkedKey.row("blue"));
            assertThat(colours(node)).isEqualTo(colours);
            assertThat(parked(node, COLOURS)).isEmpty();
        }
    }

    record FilledTwice(String colour, long first, long second) {}

    record Nonsense(String what) {}

    @Test void an_event_counts_as_a_whole_or_not_at_all_and_an_undecodable_one_parks_what_is_known() throws Exception {
        Set<String> bad = ConcurrentHashMap.newKeySet();
        bad.add("poison");
        Application application = app -> {
            app.entity("jar", new Jars.Jar())
                    .upcast(FilledTwice.class,
                            old -> List.of(new Filled(old.colour(), old.first()),
                                    new Filled(bad.contains(old.colour()) ? "x".repeat(600) : old.colour(),
                                            old.second())))
                    .upcast(Nonsense.class, old -> {
                        if (bad.contains(old.what())) {
                            throw new IllegalStateException("what is a " + old.what());
                        }
                        return List.of(new Filled(old.what(), 1));
                    });
            FragileJars.views(app);
        };
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            write(event("jar", "a", new Filled("red", 1)), event("jar", "a", new FilledTwice("poison", 2, 4)),
                    event("jar", "b", new Nonsense("poison")), event("jar", "b", new Filled("red", 8)));
            awaitAll(node, CONTENTS, COLOURS);
            // 600 x is no key: the handler throws, so its first half must not count either.
            assertThat(parked(node, COLOURS)).containsExactly(ParkedKey.entity(JAR_A),
                    ParkedKey.entity(new EntityId("jar", "b")));
            assertThat(colours(node)).isEqualTo(Map.of("red", new Colour(1, 1), "all", new Colour(1, 1)));
            assertThat(parked(node, CONTENTS)).containsExactly(ParkedKey.row("b"));
            assertThat(contents(node)).isEqualTo(Map.of("a", new Content(7, 3)));
            bad.clear();
            retry(node, COLOURS, ParkedKey.entity(JAR_A));
            retry(node, COLOURS, ParkedKey.entity(new EntityId("jar", "b")));
            retry(node, CONTENTS, ParkedKey.row("b"));
            assertThat(colours(node)).isEqualTo(Map.of("red", new Colour(9, 2), "poison", new Colour(7, 3), "all",
                    new Colour(16, 5)));
            assertThat(contents(node)).isEqualTo(Map.of("a", new Content(7, 3), "b", new Content(9, 2)));
        }
    }

    @Test void what_throws_only_twice_is_applied_and_not_parked() throws Exception {
        AtomicInteger tastes = new AtomicInteger();
        try (RunningNode node = node()) {
            Poison.rows(_ -> tastes.incrementAndGet() <= 2);
            write(fill("a", "red", 1));
            awaitAll(node, COLOURS);
            assertThat(colours(node)).isEqualTo(colours);
            assertThat(parked(node, COLOURS)).isEmpty();
            assertThat(tastes).hasValue(3);
        }
    }

    @Test void a_row_that_the_database_refuses_is_parked_and_retried_up_to_the_event_that_spoils_it() throws Exception {
        try (RunningNode node = node()) {
            String table = node.table(CONTENTS).tableName();
            journal.execute("ALTER TABLE " + table + " ADD CONSTRAINT lucky CHECK (row ->> 'marbles' <> '13')");
            write(fill("c", "red", 1), fill("a", "red", 1), fill("a", "red", 2), fill("b", "red", 3),
                    fill("a", "red", 10));
            awaitAll(node, CONTENTS);
            assertThat(parked(node, CONTENTS)).containsExactly(ParkedKey.row("a"));
            assertThat(contents(node)).isEqualTo(Map.of("b", new Content(3, 1), "c", new Content(1, 1)));
            Mended mended = retry(node, CONTENTS, ParkedKey.row("a")).getFirst();
            assertThat(mended.applied()).isEqualTo(2);
            assertThat(mended.failure().error()).contains("lucky");
            assertThat(contents(node)).containsEntry("a", new Content(3, 2));
            journal.execute("ALTER TABLE " + table + " DROP CONSTRAINT lucky");
            retry(node, CONTENTS, ParkedKey.row("a"));
            assertThat(contents(node)).isEqualTo(contents);
        }
    }

    @Test void dead_letters_survive_a_restart_and_keep_later_events_waiting() throws Exception {
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 1);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1));
            awaitAll(node, CONTENTS, COLOURS);
        }
        try (RunningNode node = node()) {
            write(fill("a", "red", 2), fill("b", "red", 4));
            awaitAll(node, CONTENTS, COLOURS);
            assertThat(contents(node)).isEqualTo(Map.of("b", new Content(4, 1)));
            assertThat(letters(node, CONTENTS, ParkedKey.row("a"))).hasSize(2);
            assertThat(letters(node, COLOURS, ParkedKey.entity(JAR_A))).hasSize(2);
        }
        Poison.heal();
        try (RunningNode node = node()) {
            retry(node, CONTENTS, ParkedKey.row("a"));
            retry(node, COLOURS, ParkedKey.entity(JAR_A));
            assertThat(contents(node)).isEqualTo(contents);
            assertThat(colours(node)).isEqualTo(colours);
        }
    }
}

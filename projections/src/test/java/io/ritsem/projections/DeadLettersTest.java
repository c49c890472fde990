package io.ritsem.projections;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.domain.Application;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.DeadLetters.Action.EditAndRetry;
import io.ritsem.projections.engine.DeadLetters.Action.Retry;
import io.ritsem.projections.engine.DeadLetters.Action.Skip;
import io.ritsem.projections.engine.DeadLetters.Letter;
import io.ritsem.projections.engine.DeadLetters.Line;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.InvalidEditException;
import io.ritsem.projections.engine.NoSuchLetterException;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.AuditLog;
import io.ritsem.projections.store.Edit;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.journal.EntityId;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Events that a view cannot apply cost their key, until somebody has mended it. */
class DeadLettersTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Retry RETRY = new Retry("it is mended");
    private static final EntityId JAR_A = new EntityId("jar", "a");

    private final TestJournal journal = new TestJournal();
    private final Map<String, Content> contents = new TreeMap<>(); // the fold
    private final Map<String, Colour> colours = new TreeMap<>();
    private final Map<Integer, Long> written = new HashMap<>(); // by partition
    private final HushedLog hush = new HushedLog("io.ritsem.projections.engine");

    @BeforeEach void heal() {
        Poison.heal();
    }

    @AfterEach void close() {
        Poison.heal();
        journal.close();
        hush.close();
    }

    private RunningNode node() throws Exception {
        return new RunningNode(journal, new FragileJars()).ready();
    }

    private Written fill(String jar, String colour, long marbles) {
        contents.merge(jar, new Content(marbles, 1), DeadLettersTest::sum);
        for (String row : List.of(colour, "all")) {
            colours.merge(row, new Colour(marbles, 1), DeadLettersTest::sum);
        }
        return event("jar", jar, new Filled(colour, marbles));
    }

    private static Content sum(Content one, Content other) {
        return new Content(one.marbles() + other.marbles(), one.fillings() + other.fillings());
    }

    private static Colour sum(Colour one, Colour other) {
        return new Colour(one.marbles() + other.marbles(), one.fillings() + other.fillings());
    }

    private void write(Written... events) throws Exception {
        long transaction = journal.write(events);
        for (Written event : events) {
            written.put(partitionOf(event.type(), event.id()), transaction);
        }
    }

    private void awaitAll(RunningNode node, String... views) throws Exception {
        for (String view : views) {
            assertThat(node.progress(view).awaitPassed(written, SOON)).as(view).isTrue();
        }
    }

    private Map<String, Content> contents(RunningNode node) throws Exception {
        return journal.rows(node.table(CONTENTS));
    }

    private Map<String, Colour> colours(RunningNode node) throws Exception {
        return journal.rows(node.table(COLOURS));
    }

    private static List<Mended> retry(RunningNode node, String view, ParkedKey key) {
        return node.projections.deadLetters().mend(view, key, RETRY);
    }

    private static List<ParkedKey> parked(RunningNode node, String view) {
        return node.projections.deadLetters().list(view, null, 2_000).stream().map(Line::key).toList();
    }

    private static List<Letter> letters(RunningNode node, String view, ParkedKey key) {
        return node.projections.deadLetters()
                .inspect(view, key, 1_000)
                .stream()
                .flatMap(waiting -> waiting.first().stream())
                .toList();
    }

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

    @Test void what_an_entity_does_to_a_row_that_is_parked_itself_waits_there_in_its_place() throws Exception {
        Poison.rows("red"::equals);
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 1);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1), fill("b", "red", 2));
            awaitAll(node, COLOURS);
            assertThat(parked(node, COLOURS)).containsExactly(ParkedKey.row("red"), ParkedKey.entity(JAR_A));
            Poison.events(_ -> false);
            retry(node, COLOURS, ParkedKey.entity(JAR_A));
            assertThat(letters(node, COLOURS, ParkedKey.row("red"))).extracting(letter -> letter.event().entity().id())
                    .containsExactly("a", "b");
            Poison.heal();
            retry(node, COLOURS, ParkedKey.row("red"));
            assertThat(colours(node)).isEqualTo(colours);
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

    @Test void a_thousand_keys_are_parked_and_one_more_stops_the_view_before_its_event() throws Exception {
        try (RunningNode node = node()) {
            Poison.events(_ -> true);
            write(IntStream.range(0, 1_000)
                    .mapToObj(i -> event("jar", "jar-" + i, new Filled("red", 1)))
                    .toArray(Written[]::new));
            awaitAll(node, CONTENTS);
            assertThat(node.projections.deadLetters().list(CONTENTS, null, 2_000)).hasSize(1_000);
            long more = journal.write(event("jar", "one-more", new Broken()));
            await().atMost(SOON).until(() -> node.status(CONTENTS).state() == State.STOPPED);
            assertThat(node.status(CONTENTS).failure()).contains(CONTENTS, "1,001", "no, not one-more at 1");
            assertThat(node.passes(CONTENTS, partitionOf("jar", "one-more"), more, Duration.ZERO)).isFalse();
            assertThat(journal.number("SELECT count(*) FROM ritsem.dead_letter WHERE view = '" + CONTENTS + "'"))
                    .isEqualTo(1_000);
            assertThat(node.progress(CONTENTS).stopped()).isTrue();
        }
        Poison.heal();
        try (RunningNode node = node()) {
            await().atMost(SOON).until(() -> node.status(CONTENTS).state() == State.RUNNING);
            assertThat(parked(node, CONTENTS)).hasSize(1_000);
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

    @Test void a_node_that_moves_no_cursor_can_retry_and_the_one_that_does_goes_on_from_there() throws Exception {
        Poison.rows("red"::equals);
        try (RunningNode first = node(); RunningNode second = node()) {
            // They share two views of four partitions, and the one cursor of this view falls to one of them.
            await().atMost(SOON)
                    .until(() -> first.status(CONTENTS).cursors() == 2
                            && second.status(CONTENTS).cursors() == 2);
            RunningNode owner = first.status(COLOURS).cursors() == 1 ? first : second;
            RunningNode other = owner == first ? second : first;
            await().atMost(SOON)
                    .until(() -> owner.status(COLOURS).cursors() == 1 && other.status(COLOURS).cursors() == 0);
            write(fill("a", "red", 1));
            awaitAll(owner, COLOURS);
            Poison.heal();
            retry(other, COLOURS, ParkedKey.row("red"));
            write(fill("a", "red", 2));
            awaitAll(other, COLOURS);
            assertThat(colours(owner)).isEqualTo(colours);
            assertThat(parked(owner, COLOURS)).isEmpty();
        }
    }

    @ParameterizedTest @ValueSource(strings = {CONTENTS, COLOURS}) void retry_is_exactly_once_against_a_busy_worker(
            String view) throws Exception {
        boolean keyed = view.equals(COLOURS);
        AtomicInteger tastes = new AtomicInteger();
        // Each time for longer than a handler is tried again.
        Poison.events(_ -> !keyed && tastes.incrementAndGet() % 100 < 4);
        Poison.rows(row -> keyed && row.equals("red") && tastes.incrementAndGet() % 100 < 4);
        ParkedKey key = ParkedKey.row(keyed ? "red" : "a");
        try (RunningNode node = node()) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 1_000; i++) {
                    try {
                        write(fill("a", "red", 1), fill("a", "red", 2), fill("a", "blue", 3));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            long applied = 0;
            while (!writer.isDone()) {
                applied += retry(node, view, key).stream().mapToLong(Mended::applied).sum();
            }
            writer.get(1, TimeUnit.SECONDS);
            Poison.heal();
            awaitAll(node, view);
            applied += retry(node, view, key).stream().mapToLong(Mended::applied).sum();
            assertThat(applied).isPositive();
            write(fill("a", "red", 4));
            awaitAll(node, view);
            assertThat(parked(node, view)).isEmpty();
            assertThat(keyed ? colours(node) : contents(node)).isEqualTo(keyed ? colours : contents);
        }
    }

    @ParameterizedTest @ValueSource(longs = {1, 2, 3}) void random_poison_that_is_mended_later_leaves_the_fold(
            long seed)
            throws Exception {
        Random random = new Random(seed);
        Poison.events(recorded -> (recorded.id().hashCode() + recorded.sequence() * 7 + seed) % 9 == 0);
        AtomicInteger tastes = new AtomicInteger();
        Poison.rows(row -> row.equals("red") && tastes.incrementAndGet() % 20 < 6);
        try (RunningNode node = node()) {
            for (int i = 0; i < 150; i++) {
                List<Written> events = new ArrayList<>();
                for (int j = random.nextInt(1, 5); j > 0; j--) {
                    events.add(fill("jar-" + random.nextInt(20), List.of("red", "blue", "grün").get(random.nextInt(3)),
                            random.nextInt(10)));
                }
                write(events.toArray(Written[]::new));
                if (i == 75) {
                    retryAll(node); // most of it fails again
                }
            }
            awaitAll(node, CONTENTS, COLOURS);
            assertThat(parked(node, CONTENTS)).isNotEmpty();
            assertThat(parked(node, COLOURS)).isNotEmpty();
            Poison.heal();
            retryAll(node);
            assertThat(node.projections.deadLetters().list(null, null, 100)).isEmpty();
            assertThat(contents(node)).isEqualTo(contents);
            assertThat(colours(node)).isEqualTo(colours);
        }
    }

    /** Entities first: what they do may have to wait for rows. */
    private static void retryAll(RunningNode node) {
        for (String view : List.of(CONTENTS, COLOURS)) {
            parked(node, view).reversed().forEach(key -> retry(node, view, key));
        }
    }

    @Test void skipping_drops_one_event_for_its_key_and_goes_on() throws Exception {
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 1);
        try (RunningNode node = node()) {
            write(event("jar", "a", new Filled("red", 1)), event("jar", "a", new Filled("red", 2)));
            awaitAll(node, CONTENTS, COLOURS);
            assertThat(node.projections.deadLetters().mend(CONTENTS, ParkedKey.row("a"), new Skip("never mind")))
                    .containsExactly(new Mended(1, 1, 0, null));
            assertThat(contents(node)).isEqualTo(Map.of("a", new Content(2, 1)));
            assertThat(parked(node, COLOURS)).containsExactly(ParkedKey.entity(JAR_A));
            AuditLog.Entry entry = new AuditLog(journal.dataSource()).entries(Long.MAX_VALUE, 1).getFirst();
            assertThat(entry.action()).isEqualTo("skip");
            assertThat(entry.subject()).isEqualTo("view " + CONTENTS);
            assertThat(entry.reason()).isEqualTo("never mind");
            assertThat(entry.details()).contains("\"key\": \"a\"", "\"sequence\": 1", "\"entity\": \"jar|a\"");
        }
    }

    @Test void an_edited_event_takes_the_place_of_the_poisoned_one_for_its_key_alone() throws Exception {
        try (RunningNode node = node()) {
            write(fill("a", "blue", 1));
            write(event("jar", "a", new Filled("", 5)));
            awaitAll(node, COLOURS);
            ParkedKey jar = ParkedKey.entity(JAR_A); // an empty key is none
            assertThat(parked(node, COLOURS)).containsExactly(jar);
            assertThatThrownBy(() -> edit(node, jar, 2, "{\"colour\":1}")).isInstanceOf(InvalidEditException.class)
                    .hasMessageContaining("jar.filled/1")
                    .hasMessageContaining("colour");
            assertThatThrownBy(() -> edit(node, jar, 1, "{\"colour\":\"red\",\"marbles\":6}"))
                    .isInstanceOf(NoSuchLetterException.class)
                    .hasMessageContaining("Event 1 of jar|a");
            assertThatThrownBy(() -> edit(node, jar, 9, "{}")).isInstanceOf(NoSuchLetterException.class);
            assertThat(edit(node, jar, 2, "{\"colour\":\"red\",\"marbles\":6}"))
                    .containsExactly(new Mended(1, 1, 0, null));
            assertThat(colours(node)).isEqualTo(
                    Map.of("red", new Colour(6, 1), "blue", new Colour(1, 1), "all", new Colour(7, 2)));
        }
    }

    private static List<Mended> edit(RunningNode node, ParkedKey key, long sequence, String json) {
        return node.projections.deadLetters()
                .mend(COLOURS, key, new EditAndRetry(
                        new Edit(JAR_A, sequence, json.getBytes(StandardCharsets.UTF_8)), "a typing error"));
    }

    @Test void a_reason_is_needed() {
        for (String reason : List.of("", "  ", "x".repeat(501), "\0")) {
            assertThatThrownBy(() -> new Retry(reason)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 500 characters");
        }
    }

    @Test void the_list_goes_from_page_to_page_over_all_views() throws Exception {
        Poison.events(_ -> true);
        try (RunningNode node = node()) {
            write(IntStream.range(0, 7).mapToObj(i -> fill("jar-" + i, "red", 1)).toArray(Written[]::new));
            awaitAll(node, CONTENTS, COLOURS);
            List<String> seen = new ArrayList<>();
            List<Line> page = node.projections.deadLetters().list(null, null, 3);
            while (!page.isEmpty()) {
                page.forEach(line -> seen.add(line.view() + ' ' + line.key()));
                assertThat(page.getFirst().first().event().manifest().event()).isEqualTo("filled");
                page = node.projections.deadLetters().list(null, page.getLast().place(), 3);
            }
            assertThat(seen).hasSize(14).doesNotHaveDuplicates().isSorted();
        }
    }
}

package io.ritsem.projections;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.DeadLetters.Action.EditAndRetry;
import io.ritsem.projections.engine.DeadLetters.Action.Skip;
import io.ritsem.projections.engine.DeadLetters.Mended;
import io.ritsem.projections.engine.DeadLetters.Waiting;
import io.ritsem.projections.engine.InvalidEditException;
import io.ritsem.projections.engine.NoSuchLetterException;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.projections.store.AuditLog;
import io.ritsem.projections.store.Edit;
import io.ritsem.projections.store.ParkedKey;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalReader.Place;

import static io.ritsem.projections.FragileJars.COLOURS;
import static io.ritsem.projections.FragileJars.CONTENTS;
import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What somebody does about dead letters: retry, edit, skip. */
class DeadLetterRepairTest extends PoisonedJars {

    @Test void what_an_entity_does_to_a_row_that_is_parked_itself_waits_there_in_its_place() throws Exception {
        Poison.rows("red"::equals);
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 1);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1), fill("b", "red", 2));
            awaitAll(node, COLOURS);
            assertThat(parked(node, COLOURS)).containsExactly(ParkedKey.row("red"), ParkedKey.entity(JAR_A));
            Poison.heal(); // the row could be changed, but must not before its turn
            retry(node, COLOURS, ParkedKey.entity(JAR_A));
            assertThat(letters(node, COLOURS, ParkedKey.row("red"))).extracting(letter -> letter.event().entity().id())
                    .containsExactly("a", "b");
            retry(node, COLOURS, ParkedKey.row("red"));
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
            assertThat(node.projections.deadLetters()
                    .mend(CONTENTS, ParkedKey.row("a"), new Skip(null, "never mind"), SOON))
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

    @Test void who_names_the_event_to_be_skipped_never_skips_another() throws Exception {
        Poison.events(recorded -> recorded.sequence() <= 2);
        try (RunningNode node = node()) {
            write(event("jar", "a", new Filled("red", 1)), event("jar", "a", new Filled("red", 2)));
            awaitAll(node, CONTENTS);
            Skip second = new Skip(new Place(new EntityId("jar", "a"), 2), "never mind");
            Skip first = new Skip(new Place(new EntityId("jar", "a"), 1), "never mind");

            assertThatThrownBy(() -> skip(node, second)).isInstanceOf(NoSuchLetterException.class)
                    .hasMessageContaining("Event 2 of jar|a is not the first", "which is event 1 of jar|a");
            assertThat(skip(node, first).getFirst().waiting()).isEqualTo(1);
            assertThatThrownBy(() -> skip(node, first)).isInstanceOf(NoSuchLetterException.class);
            assertThat(skip(node, second).getFirst().waiting()).isZero();
        }
    }

    private static List<Mended> skip(RunningNode node, Skip skip) {
        return node.projections.deadLetters().mend(CONTENTS, ParkedKey.row("a"), skip, SOON);
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
                        new Edit(JAR_A, sequence, json.getBytes(StandardCharsets.UTF_8)), "a typing error"), SOON);
    }

    @Test void a_retry_tries_an_event_once_since_somebody_waits_for_the_answer() throws Exception {
        AtomicInteger tastes = new AtomicInteger();
        Poison.rows(_ -> tastes.incrementAndGet() > 0);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1));
            awaitAll(node, COLOURS);
            int before = tastes.get();
            retry(node, COLOURS, ParkedKey.row("red"));
            assertThat(tastes).hasValue(before + 1);
        }
    }

    @Test void a_repair_has_one_deadline_for_all_generations_and_begins_in_each() throws Exception {
        int letters = 600; // more than one transaction takes
        ParkedKey key = ParkedKey.row("a");
        Poison.events(_ -> true);
        try (RunningNode node = node()) {
            write(IntStream.range(0, letters).mapToObj(_ -> fill("a", "red", 1)).toArray(Written[]::new));
            awaitAll(node, CONTENTS);
            node.projections.control().rebuild(CONTENTS, true, 0, "a test");
            await().atMost(SOON)
                    .until(() -> node.projections.deadLetters()
                            .inspect(CONTENTS, key, 1)
                            .stream()
                            .map(Waiting::events)
                            .toList()
                            .equals(List.of(600L, 600L)));
            Duration atMost = Duration.ofSeconds(1);
            long due = System.nanoTime() + atMost.toNanos() + 200_000_000;
            AtomicBoolean first = new AtomicBoolean(true);
            Poison.events(_ -> {
                if (first.getAndSet(false)) {
                    await().until(() -> System.nanoTime() - due > 0);
                }
                return false;
            });
            assertThat(node.projections.deadLetters().mend(CONTENTS, key, RETRY, atMost))
                    .containsExactly(new Mended(1, 500, 100, null), new Mended(2, 500, 100, null));
            assertThat(retry(node, CONTENTS, key))
                    .containsExactly(new Mended(1, 100, 0, null), new Mended(2, 100, 0, null));
            assertThat(contents(node)).isEqualTo(contents);
        }
    }

    @Test void who_reads_live_is_told_of_a_row_that_is_mended_and_who_reads_others_of_nothing() throws Exception {
        Poison.events(recorded -> recorded.id().equals("a"));
        try (RunningNode node = node()) {
            write(fill("a", "red", 1), fill("b", "red", 2));
            awaitAll(node, CONTENTS);
            ViewReader reader = reader(node);
            try (Assembled rows = live(reader);
                    Assembled a = live(reader, key("a"));
                    Assembled b = live(reader, key("b"))) {
                await().atMost(SOON).until(() -> rows.rows().keySet().equals(Set.of("b")));
                Poison.heal();
                retry(node, CONTENTS, ParkedKey.row("a"));
                await().atMost(SOON).until(() -> rows.rows().keySet().equals(Set.of("a", "b")));
                await().atMost(SOON).until(() -> a.rows().keySet().equals(Set.of("a")));
                write(fill("b", "red", 4));
                await().atMost(SOON).until(() -> b.changes() > 0);
                assertThat(b.changes()).as("%s", b.rows()).isEqualTo(1);
                assertThat(List.of(rows, a, b)).extracting(Assembled::beginnings).containsOnly(1);
            }
        }
    }

    @Test void who_reads_live_is_told_that_nothing_waits_for_a_row_any_more() throws Exception {
        Poison.events(recorded -> recorded.id().equals("a") && recorded.sequence() == 2);
        try (RunningNode node = node()) {
            write(fill("a", "red", 1), event("jar", "a", new Filled("red", 2)));
            awaitAll(node, CONTENTS);
            try (Assembled rows = live(reader(node))) {
                await().atMost(SOON).until(() -> rows.behind().equals(Map.of("a", 1L)));
                assertThat(
                        node.projections.deadLetters()
                                .mend(CONTENTS, ParkedKey.row("a"), new Skip(null, "never mind"), SOON))
                        .containsExactly(new Mended(1, 0, 0, null));
                await().atMost(SOON).until(() -> rows.behind().isEmpty());
                assertThat(rows.rows()).containsOnlyKeys("a");
            }
        }
    }

    private static Filter key(String key) {
        return new Filter("key", Operator.EQ, List.of(key));
    }

    private ViewReader reader(RunningNode node) {
        return new ViewReader(journal.dataSource(), journal.reader(), ApplicationModel.of(new FragileJars()),
                new ViewReader.Sources(node.projections.views(), node.projections.live()), new QuerySettings(4));
    }

    private static Assembled live(ViewReader reader, Filter... filters) {
        return new Assembled(reader.live(CONTENTS, List.of(filters), SOON));
    }
}

package io.ritsem.projections;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.Jars.Poured;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.ParkedKey;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.idIn;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class ProjectionsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private TestJournal journal;

    @BeforeEach void open() {
        journal = new TestJournal();
    }

    @AfterEach void close() {
        journal.close();
    }

    @ParameterizedTest @ValueSource(longs = {1, 2, 3}) void a_view_equals_the_fold_of_its_events(long seed)
            throws Exception {
        Random random = new Random(seed);
        Expected expected = new Expected();
        for (int i = 0; i < 150; i++) {
            journal.write(expected.next(random));
        }
        Map<Integer, Long> last = new HashMap<>();
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            for (int i = 0; i < 150; i++) {
                Written[] events = expected.next(random);
                long transaction = journal.write(events);
                for (Written event : events) {
                    last.put(partitionOf(event.type(), event.id()), transaction);
                }
            }
            for (String view : List.of("contents", "colours")) {
                assertThat(node.progress(view).awaitPassed(last, SOON)).isTrue();
            }
            assertThat(journal.<Content>rows(node.table("contents"))).isEqualTo(expected.contents);
            assertThat(journal.<Colour>rows(node.table("colours"))).isEqualTo(expected.colours);
            assertThat(node.status("contents").state()).isEqualTo(State.RUNNING);
        }
    }

    @Test void goes_on_at_its_cursors_after_a_restart() throws Exception {
        long before;
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            journal.write(event("jar", "a", new Filled("red", 1)));
            before = journal.write(event("jar", "a", new Filled("red", 2)));
            assertThat(node.passes("contents", partitionOf("jar", "a"), before, SOON)).isTrue();
            assertThat(node.passes("colours", partitionOf("jar", "a"), before, SOON)).isTrue();
        }
        // Whoever applied them again would make more of them.
        journal.execute(
                "UPDATE ritsem.event_journal SET event_payload = convert_to('{\"colour\":\"red\",\"marbles\":100}', 'UTF8')");
        long after = journal.write(event("jar", "a", new Filled("red", 4)));
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            assertThat(node.passes("contents", partitionOf("jar", "a"), after, SOON)).isTrue();
            assertThat(node.passes("colours", partitionOf("jar", "a"), after, SOON)).isTrue();
            assertThat(journal.rows(node.table("contents"))).isEqualTo(Map.of("a", new Content(7, 3)));
            assertThat(journal.rows(node.table("colours"))).isEqualTo(Map.of("red", new Colour(7, 3)));
            assertThat(node.status("contents").events()).isEqualTo(1);
        }
    }

    @Test void a_handler_that_breaks_the_machine_stops_its_view_and_no_other() throws Exception {
        Application application = app -> {
            new Jars().define(app);
            app.view("fragile", new Fragile()).of("jar");
        };
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            long good = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(node.passes("fragile", partitionOf("jar", "a"), good, SOON)).isTrue();
            long bad = journal.write(event("jar", "a", new Broken()));
            await().atMost(SOON).until(() -> node.status("fragile").state() == State.STOPPED);
            assertThat(node.passes("contents", partitionOf("jar", "a"), bad, SOON)).isTrue();
            assertThat(node.passes("colours", partitionOf("jar", "a"), bad, SOON)).isTrue();

            assertThat(node.passes("fragile", partitionOf("jar", "a"), bad, Duration.ZERO)).isFalse();
            assertThat(node.status("fragile").failure()).contains("'fragile' is broken", "no, not that");
            assertThat(node.status("fragile").lag()).isPositive();
            assertThat(journal.rows(node.table("fragile"))).isEqualTo(Map.of("a", new Content(1, 1)));
            assertThat(node.status("contents").state()).isEqualTo(State.RUNNING);
        }
    }

    @Test void nobody_waits_for_a_view_that_has_stopped_and_its_lag_grows_after_a_restart_too() throws Exception {
        Application application = app -> {
            Jars.entities(app);
            app.view("fragile", new Fragile()).of("jar");
        };
        long bad;
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            long written = journal.write(event("jar", "a", new Broken()));
            bad = written;
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> passes(node, written));
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
            assertThat(node.progress("fragile").stopped()).isTrue();
            assertThat(node.passes("fragile", partitionOf("jar", "b"), 1, SOON)).isTrue();
        }
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            await().atMost(SOON).until(() -> node.progress("fragile").stopped());
            Duration lag = node.progress("fragile").lag();
            assertThat(lag).isPositive();
            await().atMost(SOON).until(() -> node.progress("fragile").lag().compareTo(lag.plusMillis(100)) > 0);
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> passes(node, bad));
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test void a_view_that_has_stopped_goes_on_when_it_is_mended_and_resumed() throws Exception {
        Application application = app -> {
            Jars.entities(app);
            app.view("fragile", new Fragile()).of("jar");
        };
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            long bad = journal.write(event("jar", "a", new Broken()));
            await().atMost(SOON).until(() -> node.status("fragile").state() == State.STOPPED);
            journal.execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'jar.filled/1', "
                    + "event_payload = '{\"colour\":\"red\",\"marbles\":1}'");
            node.projections.control().resume("fragile", "a test");
            await().atMost(SOON)
                    .until(() -> node.passes("fragile", partitionOf("jar", "a"), bad, Duration.ZERO));
            assertThat(node.status("fragile").state()).isEqualTo(State.RUNNING);
        }
    }

    private static boolean passes(RunningNode node, long transaction) {
        try {
            return node.passes("fragile", partitionOf("jar", "a"), transaction, Duration.ofHours(1));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test void a_key_that_is_too_long_parks_its_entity() throws Exception {
        Application application = app -> {
            Jars.entities(app);
            app.view("long-keys", Colour.class).on("jar", new LongKeys());
        };
        journal.write(event("jar", "a", new Filled("red", 513)));
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            assertThat(node.projections.deadLetters().list("long-keys", null, 2)).singleElement().satisfies(line -> {
                assertThat(line.key()).isEqualTo(new ParkedKey(true, "jar|a"));
                assertThat(line.first().letter().failure().error()).contains("1 to 512 bytes", "513");
            });
        }
    }

    @Test void a_changed_view_is_built_anew_and_the_old_table_kept_for_a_while() throws Exception {
        for (int i = 0; i < 100; i++) {
            journal.write(event("jar", "j" + i % 7, new Filled("red", i)));
        }
        String first;
        Map<String, Content> rows;
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            first = node.<Content>table("contents").tableName();
            rows = journal.rows(node.table("contents"));
        }
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            assertThat(node.<Content>table("contents").tableName()).isEqualTo(first);
        }
        Application changed = app -> {
            Jars.entities(app);
            app.view("contents", new Jars.Contents()).of("jar").indexedBy("fillings");
        };
        try (RunningNode node = new RunningNode(journal, changed).ready()) {
            assertThat(node.<Content>table("contents").tableName()).isEqualTo("ritsem.view_contents_2")
                    .isNotEqualTo(first);
            assertThat(journal.<Content>rows(node.table("contents"))).isEqualTo(rows).hasSize(7);
            assertThat(journal.number("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'view_contents%'"))
                    .isEqualTo(2);
            assertThat(journal
                    .number("SELECT count(*) FROM ritsem.view_cursor WHERE view = 'contents' AND owner IS NOT NULL"))
                    .isEqualTo(TestJournal.PARTITIONS);
        }
    }

    @Test void an_index_on_a_field_that_is_not_there_is_an_error_at_start() {
        Application application = app -> {
            Jars.entities(app);
            app.view("contents", new Jars.Contents()).of("jar").indexedBy("marbels");
        };
        assertThatThrownBy(() -> new RunningNode(journal, application)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'contents' is indexed by 'marbels'")
                .hasMessageContaining("marbles");
    }

    @Test void holds_events_back_as_long_as_it_is_told_to() throws Exception {
        Duration holdBack = Duration.ofMillis(300);
        try (RunningNode node = new RunningNode(journal, new Jars(), RunningNode.heldBack(holdBack)).ready()) {
            long warm = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(node.passes("contents", partitionOf("jar", "a"), warm, SOON)).isTrue();
            long started = System.nanoTime();
            long transaction = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(node.passes("contents", partitionOf("jar", "a"), transaction, SOON)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThanOrEqualTo(holdBack);
            assertThat(journal.rows(node.table("contents"))).isEqualTo(Map.of("a", new Content(2, 2)));
        }
    }

    @Test void a_partition_in_which_nothing_happens_is_passed_with_the_others() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            long transaction = journal.write(event("jar", idIn(0, "jar"), new Filled("red", 1)));
            for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
                assertThat(node.passes("contents", partition, transaction, SOON)).isTrue();
                assertThat(node.passes("colours", partition, transaction, SOON)).isTrue();
            }
        }
    }

    @Test void an_open_transaction_holds_back_what_is_committed_after_it() throws Exception {
        String id = idIn(1, "jar");
        try (RunningNode node = new RunningNode(journal, new Jars()).ready(); Connection open = journal.transaction()) {
            journal.insert(open, event("jar", idIn(2, "jar"), new Filled("blue", 5)));
            long later = journal.write(event("jar", id, new Filled("red", 1)));
            assertThat(node.passes("contents", 1, later, Duration.ofMillis(200))).isFalse();
            assertThat(node.passes("colours", 1, later, Duration.ofMillis(200))).isFalse();
            // No event that the views follow lies between here, so there is nothing to wait for.
            assertThat(node.passes("contents", 3, later, SOON)).isTrue();
            long rain = journal.write(event("rain", idIn(3, "rain"), new Poured(1)));
            assertThat(node.passes("contents", 3, rain, SOON)).isTrue();
            assertThat(node.passes("colours", 3, rain, SOON)).isTrue();
            assertThat(journal.rows(node.table("contents"))).isEmpty();
            await().atMost(SOON).until(() -> node.status("contents").lag().isPositive());

            long early = TestJournal.transactionId(open);
            open.commit();
            assertThat(node.passes("contents", 1, later, SOON)).isTrue();
            assertThat(node.passes("contents", 2, early, SOON)).isTrue();
            assertThat(node.passes("colours", 2, early, SOON)).isTrue();
            assertThat(journal.rows(node.table("contents"))).hasSize(2);
            await().atMost(SOON).until(() -> node.status("contents").lag().isZero());
        }
    }

    @Test void a_transaction_of_many_events_is_passed_only_as_a_whole() throws Exception {
        int events = 3 * RunningNode.SETTINGS.engine().batch();
        String id = idIn(1, "jar");
        List<Written> many = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            many.add(event("jar", id, new Filled("red", 1)));
        }
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            for (int round = 1; round <= 3; round++) {
                long transaction = journal.write(many.toArray(Written[]::new));
                assertThat(node.passes("contents", 1, transaction, SOON)).isTrue();
                assertThat(journal.rows(node.table("contents"))).isEqualTo(
                        Map.of(id, new Content((long) round * events, (long) round * events)));
                assertThat(node.passes("colours", 1, transaction, SOON)).isTrue();
                assertThat(journal.rows(node.table("colours"))).isEqualTo(
                        Map.of("red", new Colour((long) round * events, (long) round * events)));
            }
        }
    }

    @Test void every_write_is_seen_by_who_brings_its_token_and_not_by_everyone_else() throws Exception {
        String id = idIn(1, "jar");
        int unseen = 0;
        try (RunningNode node = new RunningNode(journal, new Jars(), RunningNode.heldBack(Duration.ofMillis(20)))
                .ready()) {
            for (int i = 1; i <= 50; i++) {
                long transaction = journal.write(event("jar", id, new Filled("red", 1)));
                Content content = journal.<Content>rows(node.table("contents")).get(id);
                unseen += content == null || content.fillings() < i ? 1 : 0;
                assertThat(node.passes("contents", 1, transaction, SOON)).isTrue();
                assertThat(journal.<Content>rows(node.table("contents")).get(id).fillings()).isEqualTo(i);
                assertThat(node.passes("colours", 1, transaction, SOON)).isTrue();
                assertThat(journal.<Colour>rows(node.table("colours")).get("red").fillings()).isEqualTo(i);
            }
        }
        assertThat(unseen).isPositive();
    }

    @Test void another_node_goes_on_when_one_is_gone() throws Exception {
        RunningNode first = new RunningNode(journal, new Jars()).ready();
        try (RunningNode second = new RunningNode(journal, new Jars()).ready(); first) {
            long before = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(second.status("contents").cursors()).isZero();
            assertThat(second.passes("contents", partitionOf("jar", "a"), before, SOON)).isTrue();
            assertThat(second.passes("colours", partitionOf("jar", "a"), before, SOON)).isTrue();
            first.projections.close();
            long after = journal.write(event("jar", "a", new Filled("red", 1)));
            assertThat(second.passes("contents", partitionOf("jar", "a"), after, SOON)).isTrue();
            assertThat(second.passes("colours", partitionOf("jar", "a"), after, SOON)).isTrue();
            assertThat(journal.rows(second.table("contents"))).isEqualTo(Map.of("a", new Content(2, 2)));
            assertThat(journal.rows(second.table("colours"))).isEqualTo(Map.of("red", new Colour(2, 2)));
        }
    }

    static final class Fragile implements EntityView<Event, Content> {

        @Override public Content apply(Content row, Event event, Recorded recorded) {
            return switch (event) {
                case Filled(_, long marbles) -> new Content(marbles, 1);
                case Broken() -> throw new InternalError("no, not that");
            };
        }
    }

    static final class LongKeys implements KeyedView<Event, Colour> {

        @Override public void apply(Event event, Recorded recorded, Rows<Colour> rows) {
            switch (event) {
                case Filled(_, long length) -> rows.update("k".repeat((int) length), _ -> new Colour(1, 1));
                case Broken() -> {}
            }
        }
    }

    /** What the views must show, computed beside them from the same random events. */
    private static final class Expected {

        final Map<String, Content> contents = new TreeMap<>();
        final Map<String, Colour> colours = new TreeMap<>();

        Written[] next(Random random) {
            List<Written> events = new ArrayList<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                String id = "jar-" + random.nextInt(20);
                String colour = List.of("red", "blue", "grün").get(random.nextInt(3));
                int kind = random.nextInt(10);
                if (kind == 0) {
                    contents.remove(id);
                    events.add(event("jar", id, new Broken()));
                } else if (kind == 1) {
                    events.add(event("rain", id, new Poured(kind)));
                } else {
                    contents.merge(id, new Content(kind, 1),
                            (one, other) -> new Content(one.marbles() + other.marbles(), one.fillings() + 1));
                    colours.merge(colour, new Colour(kind, 1),
                            (one, other) -> new Colour(one.marbles() + other.marbles(), one.fillings() + 1));
                    events.add(event("jar", id, new Filled(colour, kind)));
                }
            }
            return events.toArray(Written[]::new);
        }
    }
}

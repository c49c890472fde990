package io.ritsem.projections;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.engine.ViewControl;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.GenerationDiff;
import io.ritsem.projections.store.GenerationId;
import io.ritsem.projections.store.ViewTable;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Several generations of a view at once, with nodes at work. */
class ViewGenerationsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int JARS = 5;
    private static final Application OLD = new Jars();
    private static final Application NEW = app -> {
        Jars.entities(app);
        app.view("contents", new Jars.Contents()).of("jar").indexedBy("fillings");
        app.view("colours", Colour.class).on("jar", new Jars.Colours()).indexedBy("fillings");
    };

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Content> contents = new TreeMap<>();
    private TestJournal journal;
    private long last; // the transaction of the last fill
    private int fills;

    @BeforeEach void open() {
        journal = new TestJournal();
    }

    @AfterEach void close() {
        threads.shutdownNow();
        journal.close();
    }

    private void fill(int times) throws SQLException {
        for (int i = 0; i < times; i++) {
            String id = "jar-" + fills++ % JARS;
            last = journal.write(event("jar", id, new Filled("red", 1)));
            contents.merge(id, new Content(1, 1),
                    (one, other) -> new Content(one.marbles() + other.marbles(), one.fillings() + other.fillings()));
        }
    }

    private void assertThatAllIsShown(RunningNode node) throws Exception {
        for (String view : new String[]{"contents", "colours"}) {
            ViewProgress progress = node.progress(view);
            for (int jar = 0; jar < JARS; jar++) {
                assertThat(progress.awaitPassed(Map.of(partitionOf("jar", "jar-" + jar), last), SOON)).isTrue();
            }
        }
        assertThat(journal.<Content>rows(node.table("contents"))).isEqualTo(contents);
        assertThat(journal.<Colour>rows(node.table("colours"))).isEqualTo(Map.of("red", new Colour(fills, fills)));
    }

    @Test void a_view_is_rebuilt_beside_the_serving_generation_and_no_reader_sees_anything_of_it() throws Exception {
        fill(500);
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            assertThatAllIsShown(node);
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> readUntil(stop, node), threads);
            for (String view : new String[]{"contents", "colours"}) {
                GenerationId next = node.projections.control().rebuild(view, false, 0, "a test");
                assertThat(next.generation()).isEqualTo(2);
            }
            while (node.table("contents").generation() == 1 || node.table("colours").generation() == 1) {
                fill(1);
            }
            fill(100);
            stop.set(true);
            assertThat(reader.get(20, TimeUnit.SECONDS)).isPositive();
            assertThatAllIsShown(node);
        }
    }

    /** Rows as they are read one after another never lose a marble. */
    private int readUntil(AtomicBoolean stop, RunningNode node) {
        long most = 0;
        int reads = 0;
        while (!stop.get()) {
            try {
                long marbles = journal.<Colour>rows(node.table("colours")).get("red").marbles();
                assertThat(marbles).isGreaterThanOrEqualTo(most);
                most = marbles;
                long inJars = journal.<Content>rows(node.table("contents"))
                        .values()
                        .stream()
                        .mapToLong(Content::marbles)
                        .sum();
                assertThat(inJars).isBetween(500L, (long) fills + 1);
                reads++;
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
        return reads;
    }

    @Test void two_versions_of_the_application_each_serve_their_own_generation() throws Exception {
        fill(20);
        try (RunningNode before = new RunningNode(journal, OLD).ready()) {
            try (RunningNode after = new RunningNode(journal, NEW).ready()) {
                fill(50);
                assertThatAllIsShown(before);
                assertThatAllIsShown(after);
                assertThat(before.table("contents").generation()).isEqualTo(1);
                assertThat(after.table("contents").generation()).isEqualTo(2);
            }
            fill(20);
            assertThatAllIsShown(before);
        }
        fill(30);
        // A deployment that is rolled back, or rolled forward again, only has to catch up.
        try (RunningNode again = new RunningNode(journal, NEW).ready()) {
            assertThatAllIsShown(again);
            assertThat(again.table("contents").generation()).isEqualTo(2);
        }
    }

    @Test void a_build_that_was_stopped_in_the_middle_goes_on_where_it_was() throws Exception {
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            fill(200);
            assertThatAllIsShown(node);
            node.projections.control().rebuild("colours", false, 20, "a test");
            await().atMost(SOON).until(() -> gone("colours", 2) > 0);
        }
        long done = gone("colours", 2);
        assertThat(done).isLessThan(200);
        // Whoever began anew would find other marbles in the past.
        journal.execute(
                "UPDATE ritsem.event_journal SET event_payload = convert_to('{\"colour\":\"blue\",\"marbles\":1}', "
                        + "'UTF8') WHERE (transaction_id, ordering) <= (SELECT transaction_id::text::xid8, ordering FROM "
                        + "ritsem.view_cursor WHERE view = 'colours' AND generation = 2)");
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            assertThat(node.table("colours").generation()).isEqualTo(1);
            node.projections.control().throttle("colours", 0, "a test");
            await().atMost(SOON).until(() -> node.table("colours").generation() == 2);
            assertThat(journal.<Colour>rows(node.table("colours"))).isEqualTo(Map.of("red", new Colour(200, 200)));
            assertThat(gone("colours", 2)).isEqualTo(200);
        }
    }

    private long gone(String view, int generation) throws SQLException {
        return journal.number("SELECT sum(events) FROM ritsem.view_cursor WHERE view = '" + view
                + "' AND generation = " + generation);
    }

    @Test void a_pause_holds_for_all_nodes_and_after_a_restart() throws Exception {
        fill(10);
        try (RunningNode one = new RunningNode(journal, OLD).ready();
                RunningNode other = new RunningNode(journal, OLD).ready()) {
            one.projections.control().pause("contents", "a test");
            await().atMost(SOON)
                    .until(() -> other.status("contents").state() == State.PAUSED
                            && one.status("contents").state() == State.PAUSED);
            Map<String, Content> before = journal.rows(one.table("contents"));
            fill(10);
            assertThat(other.passes("colours", partitionOf("jar", "jar-1"), last, SOON)).isTrue();
            assertThat(journal.<Content>rows(one.table("contents"))).isEqualTo(before);
        }
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            assertThat(node.status("contents").state()).isEqualTo(State.PAUSED);
            node.projections.control().resume("contents", "a test");
            assertThatAllIsShown(node);
        }
    }

    @Test void what_serves_again_after_a_roll_back_has_missed_nothing() throws Exception {
        fill(30);
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            node.projections.control().rebuild("contents", true, 0, "a test");
            assertThat(node.projections.control().switchOver("contents", "a test").serves()).isTrue();
            fill(30);
            assertThatAllIsShown(node);
            assertThat(node.table("contents").generation()).isEqualTo(2);
            assertThat(node.projections.control().rollBack("contents", "a test"))
                    .contains(new GenerationId("contents", 1));
            assertThat(node.table("contents").generation()).isEqualTo(1);
            assertThatAllIsShown(node);
            fill(30);
            assertThatAllIsShown(node);
        }
    }

    @Test void says_how_the_rows_of_the_next_generation_differ_before_it_serves() throws Exception {
        fill(30);
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            assertThatAllIsShown(node);
            assertThatThrownBy(() -> node.projections.control().compare("contents", "", SOON))
                    .hasMessage("The view 'contents' has no generation that is building or previous");
            journal.execute(
                    "UPDATE ritsem.view_contents_1 SET row = '{\"marbles\": 1, \"fillings\": 1}' WHERE key = 'jar-1'");
            journal.execute("DELETE FROM ritsem.view_contents_1 WHERE key = 'jar-2'");
            journal.execute(
                    "INSERT INTO ritsem.view_contents_1 SELECT 'nobody', row, version, partition, transaction_id, "
                            + "ordering, updated_at FROM ritsem.view_contents_1 WHERE key = 'jar-3'");
            node.projections.control().rebuild("contents", true, 0, "rows were lost");
            await().atMost(SOON).until(() -> gone("contents", 2) == 30);
            ViewControl.Compared compared = node.projections.control().compare("contents", "", SOON);
            assertThat(compared.serving().generation()).isEqualTo(1);
            assertThat(compared.other().generation()).isEqualTo(2);
            GenerationDiff.Found found = compared.found();
            assertThat(List.of(found.same(), found.changed(), found.missing(), found.added(), found.moving()))
                    .containsExactly(3L, 1L, 1L, 1L, 0L);
            assertThat(found.examples()).extracting(GenerationDiff.Difference::key)
                    .containsExactly("jar-1", "jar-2", "nobody");
            assertThat(found.next()).isNull();
        }
    }

    @Test void a_build_that_is_cancelled_leaves_nothing() throws Exception {
        fill(100);
        try (RunningNode node = new RunningNode(journal, OLD).ready()) {
            GenerationId next = node.projections.control().rebuild("contents", false, 4, "a test");
            await().atMost(SOON).until(() -> node.projections.status().size() == 3);
            assertThat(node.projections.control().cancel("contents", "a test")).isEqualTo(next);
            await().atMost(SOON).until(() -> node.projections.status().size() == 2);
            assertThat(journal.number("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'view_contents_%'"))
                    .isEqualTo(1);
            assertThatAllIsShown(node);
        }
    }

    @Test void nodes_share_the_cursors_of_a_view_and_take_over_from_one_another() throws Exception {
        fill(10);
        try (RunningNode first = new RunningNode(journal, OLD).ready()) {
            assertThat(first.status("contents").cursors()).isEqualTo(TestJournal.PARTITIONS);
            try (RunningNode second = new RunningNode(journal, OLD).ready()) {
                await().atMost(SOON)
                        .until(() -> first.status("contents").cursors() == 2
                                && second.status("contents").cursors() == 2);
                fill(50);
                assertThatAllIsShown(first);
                assertThatAllIsShown(second);
            }
            await().atMost(SOON).until(() -> first.status("contents").cursors() == TestJournal.PARTITIONS);
            fill(10);
            assertThatAllIsShown(first);
            ViewTable<Content> table = first.table("contents");
            assertThat(table.generation()).isEqualTo(1);
        }
    }
}

package io.ritsem.projections;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.live.LiveBatch.Reason;
import io.ritsem.projections.live.LiveQueryTooLargeException;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.UnavailableException;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Reading views live, from the journal to what a reader has put together. */
class LiveViewTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Filter TEN_OR_MORE = new Filter("marbles", Operator.GTE, List.of("10"));

    private TestJournal journal;
    private RunningNode node;
    private ViewReader reader;

    @BeforeEach void start() throws Exception {
        journal = new TestJournal();
        node = new RunningNode(journal, new Jars()).ready();
        reader = readerOf(node);
    }

    @AfterEach void stop() {
        node.close();
        journal.close();
    }

    private ViewReader readerOf(RunningNode running) {
        return new ViewReader(journal.dataSource(), journal.reader(), ApplicationModel.of(new Jars()),
                new ViewReader.Sources(running.projections.views(), running.projections.live()), new QuerySettings(4));
    }

    @Test void rows_enter_change_and_leave_a_live_query() throws Exception {
        fill("before", "red", 12);
        try (Assembled rows = live("contents", TEN_OR_MORE)) {
            soon().until(() -> rows.rows().equals(Map.of("before", content(12, 1))));
            fill("a", "red", 9);
            fill("a", "red", 1);
            soon().until(() -> content(10, 2).equals(rows.rows().get("a")));
            fill("a", "red", 5);
            soon().until(() -> content(15, 3).equals(rows.rows().get("a")));
            fill("a", "red", -6);
            fill("b", "red", 20);
            soon().until(() -> rows.rows().keySet().equals(Set.of("b", "before")));
            journal.write(event("jar", "b", new Broken()));
            soon().until(() -> rows.rows().keySet().equals(Set.of("before")));
            assertThat(rows.beginnings()).isEqualTo(1);
        }
    }

    @Test void one_row_is_read_live_before_there_is_one_and_after() throws Exception {
        try (Assembled row = live("contents", new Filter("key", Operator.EQ, List.of("a")))) {
            assertThat(row.rows()).isEmpty();
            fill("b", "red", 1);
            fill("a", "red", 1);
            soon().until(() -> row.rows().equals(Map.of("a", content(1, 1))));
            journal.write(event("jar", "a", new Broken()));
            soon().until(() -> row.rows().isEmpty());
        }
    }

    @Test void a_view_of_another_key_is_read_live() throws Exception {
        try (Assembled rows = live("colours")) {
            fill("a", "red", 1);
            fill("b", "red", 2);
            fill("b", "blue", 4);
            soon().until(() -> rows.rows()
                    .equals(Map.of("red", "{\"marbles\":3,\"fillings\":2}", "blue", "{\"marbles\":4,\"fillings\":1}")));
            // at which the handler throws
            journal.write(new Written("jar", "c", "filled", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest @ValueSource(ints = {1, 2}) void no_change_is_lost_under_a_random_load(int nodes)
            throws Exception {
        Random random = new Random(nodes);
        List<RunningNode> others = new ArrayList<>();
        List<Reading> readings = new ArrayList<>();
        try {
            for (int i = 1; i < nodes; i++) {
                RunningNode other = new RunningNode(journal, new Jars()).ready();
                others.add(other);
                reader = readerOf(other);
            }
            Map<Integer, Long> last = new HashMap<>();
            for (int i = 0; i < 600; i++) {
                if (i % 30 == 0) {
                    readings.add(Reading.random(random, this));
                }
                Written[] events = IntStream.rangeClosed(0, random.nextInt(3))
                        .mapToObj(_ -> randomEvent(random))
                        .toArray(Written[]::new);
                long transaction = journal.write(events);
                List.of(events).forEach(event -> last.put(partitionOf(event.type(), event.id()), transaction));
            }
            for (String view : List.of("contents", "colours")) {
                assertThat(node.progress(view).awaitPassed(last, SOON)).isTrue();
            }
            for (Reading each : readings) {
                Map<String, String> expected = each.expected(this);
                soon().untilAsserted(() -> assertThat(each.rows.rows()).as("%s", each).isEqualTo(expected));
                assertThat(each.rows.end()).isNull();
            }
        } finally {
            readings.forEach(each -> each.rows.close());
            others.forEach(RunningNode::close);
        }
    }

    private record Reading(String view, long atLeast, Assembled rows) {

        static Reading random(Random random, LiveViewTest test) {
            String view = random.nextBoolean() ? "contents" : "colours";
            long atLeast = random.nextLong(-5, 35);
            return new Reading(view, atLeast,
                    test.live(view, new Filter("marbles", Operator.GTE, List.of(Long.toString(atLeast)))));
        }

        Map<String, String> expected(LiveViewTest test) throws Exception {
            Map<String, String> expected = new TreeMap<>();
            if (view.equals("contents")) {
                test.journal.<Content>rows(test.node.table(view)).forEach((key, row) -> {
                    if (row.marbles() >= atLeast) {
                        expected.put(key, content(row.marbles(), row.fillings()));
                    }
                });
            } else {
                test.journal.<Colour>rows(test.node.table(view)).forEach((key, row) -> {
                    if (row.marbles() >= atLeast) {
                        expected.put(key, content(row.marbles(), row.fillings()));
                    }
                });
            }
            return expected;
        }
    }

    private static Written randomEvent(Random random) {
        String id = "jar-" + random.nextInt(12);
        return random.nextInt(6) == 0 ? event("jar", id, new Broken())
                : event("jar", id, new Filled("colour-" + random.nextInt(6), random.nextInt(21) - 8));
    }

    @Test void who_begins_while_the_view_is_behind_gets_what_it_has_and_then_all() throws Exception {
        fill("before", "red", 1);
        try (Connection lock = journal.transaction(); Statement statement = lock.createStatement()) {
            statement.execute("LOCK TABLE " + node.table("contents").tableName() + " IN SHARE MODE");
            long behind = journal.write(event("jar", "before", new Filled("red", 2)));
            // the tail has read it when another view has it
            assertThat(node.passes("colours", partitionOf("jar", "before"), behind, SOON)).isTrue();
            try (Assembled rows = live("contents")) {
                soon().until(() -> rows.rows().equals(Map.of("before", content(1, 1))));
                lock.rollback();
                soon().until(() -> rows.rows().equals(Map.of("before", content(3, 2))));
            }
        }
    }

    @Test void after_slices_that_were_missed_everybody_begins_anew() throws Exception {
        try (Assembled rows = live("contents")) {
            fill("a", "red", 1);
            soon().until(() -> rows.rows().containsKey("a"));
            journal.execute(
                    "UPDATE " + node.table("contents").tableName() + " SET row = '{\"marbles\":7,\"fillings\":7}'");
            node.projections.live()
                    .offer(new Slice(ViewProgress.endOf(1), ViewProgress.endOf(2), Set.of(0, 1, 2, 3), List.of()));
            soon().until(() -> rows.rows().equals(Map.of("a", content(7, 7))));
            assertThat(rows.beginnings()).isGreaterThan(1);
        }
    }

    @Test void rows_that_changed_otherwise_than_by_events_are_told() throws Exception {
        try (Assembled rows = live("contents"); Assembled other = live("contents", TEN_OR_MORE)) {
            fill("a", "red", 11);
            soon().until(() -> rows.rows().containsKey("a") && other.rows().containsKey("a"));
            journal.execute(
                    "UPDATE " + node.table("contents").tableName() + " SET row = '{\"marbles\":7,\"fillings\":7}'");
            changedOtherwise();
            soon().until(() -> rows.rows().equals(Map.of("a", content(7, 7))) && other.rows().isEmpty());
            fill("a", "red", 4);
            soon().until(() -> rows.rows().equals(other.rows()));
            assertThat(List.of(rows, other)).extracting(Assembled::beginnings).containsOnly(1);
        }
    }

    @Test void who_begins_after_such_a_change_does_not_keep_it_from_who_read_before() throws Exception {
        String table = node.table("contents").tableName();
        fill("before", "red", 12);
        try (Assembled rows = live("contents")) {
            soon().until(() -> rows.rows().containsKey("before"));
            journal.execute("UPDATE " + table + " SET row = '{\"marbles\":7,\"fillings\":7}'");
            journal.execute("INSERT INTO " + table + " SELECT 'new', row, 1, partition, transaction_id, ordering, "
                    + "updated_at FROM " + table);
            try (Assembled later = live("contents")) {
                soon().until(() -> later.rows().equals(Map.of("before", content(7, 7), "new", content(7, 7))));
                changedOtherwise();
                soon().until(() -> rows.rows().equals(later.rows()));
            }
            journal.execute("DELETE FROM " + table + " WHERE key = 'new'");
            changedOtherwise();
            soon().until(() -> rows.rows().equals(Map.of("before", content(7, 7))));
            assertThat(rows.beginnings()).isEqualTo(1);
        }
    }

    @Test void a_view_that_is_paused_and_resumed_gives_nobody_the_rows_anew() throws Exception {
        try (Assembled rows = live("contents")) {
            node.projections.control().pause("contents", "a test");
            soon().until(() -> node.status("contents").state() == State.PAUSED);
            node.projections.control().resume("contents", "a test");
            fill("a", "red", 1);
            soon().until(() -> rows.rows().containsKey("a"));
            assertThat(rows.beginnings()).isEqualTo(1);
        }
    }

    @Test void who_begins_after_a_row_has_left_does_not_keep_that_from_who_read_it_before() throws Exception {
        fill("before", "red", 12);
        try (Assembled rows = live("contents", TEN_OR_MORE)) {
            soon().until(() -> rows.rows().containsKey("before"));
            // as if the feed had yet to tell of the event that did this
            journal.execute("UPDATE " + node.table("contents").tableName()
                    + " SET row = '{\"marbles\":1,\"fillings\":1}' WHERE key = 'before'");
            // who changes rows raises the epoch, or the worker believes that it knows them
            journal.execute("UPDATE ritsem.view_cursor SET lease_epoch = lease_epoch + 1 WHERE view = 'contents'");
            try (Assembled later = live("contents", TEN_OR_MORE)) {
                fill("before", "red", 0);
                soon().until(() -> rows.rows().isEmpty());
                assertThat(later.rows()).isEmpty();
            }
            assertThat(rows.beginnings()).isEqualTo(1);
        }
    }

    @Test void two_hundred_readers_cost_one_tail() throws Exception {
        List<Assembled> readers = new ArrayList<>();
        AtomicInteger reads = new AtomicInteger();
        node.close();
        try (RunningNode counted = new RunningNode(journal, journal.reader(reads), new Jars(), RunningNode.SETTINGS)
                .ready()) {
            reader = readerOf(counted);
            for (int i = 0; i < 200; i++) {
                readers.add(live("contents"));
            }
            int before = reads.get();
            for (int i = 1; i <= 50; i++) {
                fill("a", "red", 1);
                String expected = content(i, i);
                soon().until(() -> readers.stream().allMatch(each -> expected.equals(each.rows().get("a"))));
            }
            assertThat(reads.get() - before).isBetween(50, 1_000);
        } finally {
            readers.forEach(Assembled::close);
        }
    }

    @Test void the_feed_sleeps_when_nobody_reads() throws Exception {
        assertThat(node.projections.live().needed()).isEmpty();
        try (Assembled _ = live("contents")) {
            assertThat(node.projections.live().needed()).hasSize(TestJournal.PARTITIONS);
            assertThat(node.projections.live().heldBytes()).isZero();
        }
        soon().until(() -> node.projections.live().needed().isEmpty());
        try (Assembled rows = live("contents")) {
            fill("a", "red", 1);
            soon().until(() -> rows.rows().containsKey("a"));
        }
        soon().until(() -> node.projections.live().needed().isEmpty());
        assertThat(node.projections.live().heldBytes()).isZero();
    }

    @Test void refuses_a_query_that_matches_too_much_and_ends_one_that_comes_to() throws Exception {
        journal.execute("INSERT INTO " + node.table("contents").tableName()
                + " SELECT 'k' || n, '{\"marbles\":1,\"fillings\":1}', 1, 0, 0, 0, now() FROM generate_series(1, 10000) n");
        try (Assembled rows = live("contents")) {
            soon().until(() -> rows.rows().size() == 10_000);
            fill("a", "red", 1);
            soon().until(() -> rows.end() == Reason.QUERY_TOO_LARGE);
        }
        assertThatThrownBy(() -> live("contents")).isInstanceOf(LiveQueryTooLargeException.class);
    }

    @Test void tells_its_readers_that_it_stops_and_takes_no_more() {
        try (Assembled rows = live("contents")) {
            reader.endLive();
            soon().until(() -> rows.end() == Reason.STOPPING);
        }
        assertThatThrownBy(() -> live("contents")).isInstanceOfSatisfying(UnavailableException.class,
                stopping -> assertThat(stopping.reason()).isEqualTo("stopping"));
    }

    private Assembled live(String view, Filter... filters) {
        return new Assembled(reader.live(view, List.of(filters), SOON));
    }

    private void fill(String jar, String colour, long marbles) throws Exception {
        long transaction = journal.write(event("jar", jar, new Filled(colour, marbles)));
        if (jar.equals("before")) {
            assertThat(node.passes("contents", partitionOf("jar", jar), transaction, SOON)).isTrue();
        }
    }

    private void changedOtherwise() throws Exception {
        journal.execute("UPDATE ritsem.view_generation SET revision = revision + 1 WHERE view = 'contents'");
    }

    private static String content(long marbles, long fillings) {
        return "{\"marbles\":%d,\"fillings\":%d}".formatted(marbles, fillings);
    }

    private static ConditionFactory soon() {
        return await().atMost(SOON).pollInterval(5, TimeUnit.MILLISECONDS);
    }
}

package io.ritsem.projections;

import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.runtime.journal.JournalReader;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.idIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a view says while it cannot go on, and that it does go on. */
class ViewTroubleTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration MANY_TRIES = RunningNode.SETTINGS.engine().retryAfter().multipliedBy(10);

    // The entity view meets the last one while it reads ahead.
    private static final int MORE_THAN_A_READ = RunningNode.SETTINGS.engine().batch() / TestJournal.PARTITIONS + 1;

    private final String id = idIn(1, "jar");
    private TestJournal journal;
    private CapturedLog log;

    @BeforeEach void open() {
        journal = new TestJournal();
        log = new CapturedLog("io.ritsem.projections.engine.ViewProjection");
    }

    @AfterEach void close() {
        log.close();
        journal.close();
    }

    @Test void a_bug_is_called_a_bug_once_with_its_stack_and_tried_again() throws Exception {
        int events = MORE_THAN_A_READ;
        long transaction = write(events);
        String last = " WHERE sequence_number = " + events;
        journal.execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'nonsense'" + last);
        try (RunningNode node = new RunningNode(journal, new Jars())) {
            await().atMost(SOON).until(() -> log.lines(Level.ERROR).size() >= 2);
            await().during(MANY_TRIES).atMost(SOON).until(() -> log.lines(Level.ERROR).size() == 2);
            assertThat(log.lines(Level.ERROR)).allSatisfy(line -> {
                assertThat(line.getFormattedMessage()).startsWith("A bug keeps the view");
                assertThat(line.getThrowableProxy()).isNotNull();
            });
            assertThat(log.lines(Level.WARN)).isEmpty();
            journal.execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'jar.filled/1'" + last);
            node.ready();
            assertThat(node.passes("contents", 1, transaction, SOON)).isTrue();
            assertThat(journal.rows(node.table("contents"))).isEqualTo(Map.of(id, new Content(events, events)));
            assertThat(log.lines(Level.ERROR)).hasSize(2);
        }
    }

    private long write(int events) throws Exception {
        return journal.write(IntStream.range(0, events)
                .mapToObj(_ -> event("jar", id, new Filled("red", 1)))
                .toArray(Written[]::new));
    }

    @Test void an_error_met_while_reading_ahead_stops_the_view_as_one_in_its_handler_does() throws Exception {
        write(MORE_THAN_A_READ);
        JournalReader failing = journal.reader(() -> {
            if (StackWalker.getInstance()
                    .walk(frames -> frames.anyMatch(f -> f.getClassName().endsWith("AsyncSupply")))) {
                throw new InternalError("no more of it");
            }
        });
        try (RunningNode node = new RunningNode(journal, failing, new Jars(), RunningNode.SETTINGS)) {
            await().atMost(SOON).until(() -> node.status("contents").state() == State.STOPPED);
            assertThat(node.status("contents").failure()).contains("'contents' is broken", "no more of it");
            assertThat(log.lines(Level.ERROR)).isNotEmpty()
                    .allSatisfy(line -> assertThat(line.getThrowableProxy().getClassName())
                            .isEqualTo(InternalError.class.getName()));
        }
    }

    @Test void a_version_that_cannot_build_a_view_is_not_ready_as_long_as_nodes_of_another_serve_it() throws Exception {
        long last = write(1);
        Application broken = app -> {
            Jars.entities(app);
            app.view("contents", new Unspeakable()).of("jar");
        };
        try (RunningNode old = new RunningNode(journal, new Jars()).ready()) {
            assertThat(old.passes("contents", 1, last, SOON)).isTrue();
            assertThat(old.projections.views().cannotBeBuilt("contents")).isFalse();
        }
        journal.execute(
                """
                INSERT INTO ritsem.projection_node (owner, node, views, alive_until)
                SELECT gen_random_uuid(), 'another', array_agg(view || ' ' || fingerprint), now() + interval '1 hour'
                  FROM ritsem.view_generation""");
        try (CapturedLog host = new CapturedLog("io.ritsem.projections.engine.ViewHost");
                RunningNode node = new RunningNode(journal, broken)) {
            await().atMost(SOON)
                    .until(() -> host.lines(Level.ERROR)
                            .stream()
                            .anyMatch(line -> line.getFormattedMessage().contains("is not ready as long as they do")));
            assertThat(node.status("contents").state()).isEqualTo(State.STOPPED);
            assertThat(node.projections.views().cannotBeBuilt("contents")).isTrue();
            assertThat(node.projections.ready().toCompletableFuture()).isNotDone();

            journal.execute("UPDATE ritsem.projection_node SET alive_until = now() WHERE node = 'another'");

            node.ready();
        }
    }

    @Test void a_view_whose_error_cannot_even_be_told_is_seen_to_have_broken_off() throws Exception {
        Application application = app -> {
            Jars.entities(app);
            app.view("unspeakable", new Unspeakable()).of("jar");
        };
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            write(1);
            await().atMost(SOON).until(() -> node.status("unspeakable").state() == State.STOPPED);
            assertThat(node.status("unspeakable").failure()).contains("has broken off", "nor what it says");
            await().atMost(SOON)
                    .until(() -> journal.number("SELECT count(*) FROM ritsem.view_cursor WHERE view = 'unspeakable' "
                            + "AND trouble LIKE '%nor what it says%'") > 0);
            assertThat(log.lines(Level.ERROR)).singleElement()
                    .satisfies(line -> assertThat(line.getThrowableProxy()).isNotNull());
        }
    }

    static final class Unspeakable implements EntityView<Event, Content> {

        private static final class Unspoken extends InternalError {

            private static final long serialVersionUID = 1L;

            @Override public String getMessage() {
                throw new IllegalStateException("nor what it says");
            }
        }

        @Override public Content apply(Content row, Event event, Recorded recorded) {
            throw new Unspoken();
        }
    }

    @Test void a_database_that_refuses_for_a_while_is_waited_for_and_that_is_no_bug() throws Exception {
        journal.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                + "$$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '40001'; END $$");
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            String table = node.table("contents").tableName();
            journal.execute("CREATE TRIGGER refuse BEFORE INSERT ON " + table + " EXECUTE FUNCTION refuse()");
            long transaction = journal.write(event("jar", id, new Filled("red", 1)));
            await().atMost(SOON).until(() -> !log.lines(Level.WARN).isEmpty());
            await().during(MANY_TRIES).atMost(SOON).until(() -> log.lines(Level.WARN).size() == 1);
            assertThat(log.lines(Level.WARN).getFirst().getFormattedMessage())
                    .startsWith("The view 'contents' waits for the database")
                    .contains("not now");
            journal.execute("DROP TRIGGER refuse ON " + table);
            assertThat(node.passes("contents", 1, transaction, SOON)).isTrue();
            await().atMost(SOON)
                    .until(() -> log.lines(Level.INFO)
                            .stream()
                            .anyMatch(line -> line.getFormattedMessage().equals("The view 'contents' goes on")));
            assertThat(log.lines(Level.ERROR)).isEmpty();
        }
    }

    @Test void a_table_that_is_missing_is_called_a_bug_once_and_is_written_down() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            journal.execute("DROP TABLE " + node.table("contents").tableName());
            write(1);
            await().atMost(SOON).until(() -> !log.lines(Level.ERROR).isEmpty());
            await().during(MANY_TRIES).atMost(SOON).until(() -> log.lines(Level.ERROR).size() == 1);
            assertThat(log.lines(Level.ERROR).getFirst().getFormattedMessage())
                    .startsWith("A bug keeps the view 'contents' from going on");
            assertThat(journal.number("SELECT count(*) FROM ritsem.view_cursor WHERE view = 'contents' "
                    + "AND trouble LIKE '%view_contents_1%does not exist%'")).isPositive();
        }
    }

    @Test void a_table_that_is_dropped_with_its_generation_is_no_trouble() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            journal.execute("DELETE FROM ritsem.view_generation WHERE view = 'contents'; DROP TABLE "
                    + node.table("contents").tableName());
            write(1);
            await().atMost(SOON).until(() -> node.projections.status().size() == 1);
            assertThat(log.lines(Level.ERROR)).isEmpty();
            assertThat(log.lines(Level.WARN)).isEmpty();
        }
    }

    @Test void a_view_has_no_lag_on_a_node_for_what_another_one_moves() throws Exception {
        try (RunningNode first = new RunningNode(journal, new Jars()).ready();
                RunningNode second = new RunningNode(journal, app -> {
                    new Jars().define(app);
                    app.view("of-the-second", new Jars.Contents()).of("jar");
                }).ready()) {
            long transaction = journal.write(event("jar", id, new Filled("red", 1)));
            // Its tail brings the event to all of its views, whoever moves them.
            assertThat(second.passes("of-the-second", 1, transaction, SOON)).isTrue();
            assertThat(first.passes("contents", 1, transaction, SOON)).isTrue();
            await().atMost(SOON).until(() -> second.status("contents").lag().isZero());
        }
    }
}

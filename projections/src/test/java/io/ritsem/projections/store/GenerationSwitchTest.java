package io.ritsem.projections.store;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.CapturedLog;
import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.Generation.State;
import io.ritsem.projections.store.GenerationSwitch.Outcome;
import io.ritsem.projections.store.ViewOperations.ConflictException;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.Position;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.idIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/** Which generation serves, with cursors that the test moves. */
class GenerationSwitchTest {

    private static final long END = 1L << 40;

    private final TestJournal journal = new TestJournal();
    private final Generations generations = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS);
    private final GenerationSwitch generationSwitch = new GenerationSwitch(journal.dataSource(), Duration.ofMinutes(1));
    private final ViewOperations operations = new ViewOperations(journal.dataSource(), generations, generationSwitch);
    private final ViewVersion version = ViewVersion.of(ApplicationModel.of(new Jars()).views().getFirst());
    private GenerationId first;

    @BeforeEach void serve() throws Exception {
        first = generations.prepare(version, 0).table().id();
        stands(first, END);
        assertThat(generationSwitch.complete(first)).isEqualTo(Outcome.SERVES);
    }

    @AfterEach void close() {
        journal.close();
    }

    private void stands(GenerationId generation, long transaction) throws Exception {
        journal.execute(
                "UPDATE ritsem.view_cursor SET transaction_id = " + transaction + ", ordering = 7 WHERE view = '"
                        + generation.view() + "' AND generation = " + generation.generation());
    }

    private State state(GenerationId generation) throws Exception {
        return generations.find(List.of(version))
                .stream()
                .filter(each -> each.id().equals(generation))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private GenerationId rebuild(boolean manual) throws Exception {
        return operations.rebuild(version, manual, 0, "a test");
    }

    @Test void the_next_generation_serves_when_each_of_its_cursors_has_reached_the_serving_one() throws Exception {
        GenerationId next = rebuild(false);
        long event = journal.write(event("jar", idIn(3, "jar"), new Filled("red", 1)));
        stands(next, event - 1);
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.BEHIND);
        assertThat(state(first)).isEqualTo(State.SERVING);
        journal.execute("UPDATE ritsem.view_cursor SET transaction_id = " + event
                + ", ordering = 9223372036854775807 WHERE generation = 2 AND partition = 3");
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.SERVES);
        assertThat(state(next)).isEqualTo(State.SERVING);
        assertThat(state(first)).isEqualTo(State.PREVIOUS);
    }

    @Test void a_first_build_does_not_serve_as_long_as_a_cursor_stands_inside_the_last_transaction() throws Exception {
        String jar = idIn(3, "jar");
        journal.write(event("jar", jar, new Filled("red", 1)), event("jar", jar, new Filled("red", 1)));
        Generations inAnotherEpoch = new Generations(journal.dataSource(), 2, TestJournal.PARTITIONS);
        for (var definition : ApplicationModel.of(new Jars()).views()) {
            GenerationId build = inAnotherEpoch.prepare(definition).table().id();
            String cursors = " WHERE view = '%s' AND generation = %d".formatted(build.view(), build.generation());
            journal.execute("UPDATE ritsem.view_cursor c SET transaction_id = j.transaction_id::text::bigint, "
                    + "ordering = j.ordering FROM ritsem.event_journal j" + cursors + " AND j.sequence_number = 1");
            assertThat(generationSwitch.complete(build)).isEqualTo(Outcome.BEHIND);
            journal.execute("UPDATE ritsem.view_cursor SET ordering = " + Long.MAX_VALUE + cursors);
            assertThat(generationSwitch.complete(build)).isEqualTo(Outcome.SERVES);
        }
    }

    @Test void who_moves_a_cursor_at_that_very_moment_does_not_get_ahead_of_what_serves() throws Exception {
        LeaseStore leases = new LeaseStore(journal.dataSource(), "test", Duration.ofMinutes(1));
        Lease lease = leases.keep(Map.of(first, version)).get(first).get(2);
        ViewStore store = new ViewStore(journal.dataSource(), Duration.ofMinutes(1), 2);
        ViewTable<?> table = ViewTable.of(version.definition(), 1);
        GenerationId next = rebuild(false);
        stands(next, END);
        try (Connection other = journal.transaction(); ExecutorService threads = Executors.newCachedThreadPool()) {
            // Both wait for this cursor: the switch first, the mover behind it.
            other.createStatement()
                    .execute("SELECT FROM ritsem.view_cursor WHERE generation = 1 AND partition = 2 FOR UPDATE");
            Future<Outcome> switching = threads.submit(() -> generationSwitch.complete(next));
            await().until(() -> waiting() == 1);
            Future<Boolean> moving = threads.submit(() -> store.commit(table, List.of(new CursorMove(2, lease.epoch(),
                    lease.position(), new Position(END + 1, 1), 1)), List.of()));
            await().until(() -> waiting() == 2);
            other.rollback();
            assertThat(switching.get(20, TimeUnit.SECONDS)).isEqualTo(Outcome.SERVES);
            assertThat(moving.get(20, TimeUnit.SECONDS)).isFalse();
        }
        Lease again = leases.held(first).get(2);
        assertThat(store.commit(table, List.of(new CursorMove(2, again.epoch(), again.position(),
                new Position(END + 1, 1), 1)), List.of())).isFalse();
        journal.execute("UPDATE ritsem.view_generation SET still_until = now() - interval '1 s' WHERE generation = 1");
        assertThat(store.commit(table, List.of(new CursorMove(2, again.epoch(), again.position(),
                new Position(END + 1, 1), 1)), List.of())).isTrue();
    }

    private long waiting() throws Exception {
        return journal.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                + "AND datname = current_database()");
    }

    @Test void a_long_build_gets_a_nearer_target_before_it_serves() throws Exception {
        journal.write(event("jar", "a", new Filled("red", 1)));
        GenerationId next = rebuild(false);
        stands(first, 1);
        stands(next, 10);
        journal.execute(
                "UPDATE ritsem.view_generation SET target_transaction_id = 5, target_at = now() - interval '1 min'"
                        + " WHERE generation = 2");
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.BEHIND);
        assertThat(journal.number("SELECT target_transaction_id FROM ritsem.view_generation WHERE generation = 2"))
                .isGreaterThan(10);
        stands(next, END);
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.SERVES);
    }

    @Test void the_previous_generation_serves_again_on_request_and_takes_nothing_back() throws Exception {
        GenerationId next = rebuild(false);
        stands(next, END);
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.SERVES);
        long event = journal.write(event("jar", idIn(0, "jar"), new Filled("red", 1)));
        stands(first, event - 1);
        assertThat(operations.rollBack(version, "a test")).isEmpty();
        assertThat(state(next)).isEqualTo(State.SERVING);
        stands(first, event + 1);
        assertThat(operations.rollBack(version, "a test")).contains(first);
        assertThat(state(first)).isEqualTo(State.SERVING);
        assertThat(state(next)).isEqualTo(State.PREVIOUS);
    }

    @Test void a_previous_generation_that_is_behind_and_paused_is_to_be_resumed_before_a_roll_back() throws Exception {
        GenerationId next = rebuild(false);
        stands(next, END);
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.SERVES);
        long event = journal.write(event("jar", idIn(0, "jar"), new Filled("red", 1)));
        stands(first, event - 1);
        operations.pause(version, "a test");
        assertThatThrownBy(() -> operations.rollBack(version, "a test")).isInstanceOf(ConflictException.class)
                .hasMessage("The previous generation of the view 'contents' is paused before it has seen all that the "
                        + "serving one has: resume the view first");
        stands(first, event + 1);
        assertThat(operations.rollBack(version, "a test")).contains(first);
    }

    @Test void only_one_previous_generation_is_kept_once_no_node_can_still_read_the_one_before() throws Exception {
        GenerationId second = rebuild(false);
        stands(second, END);
        assertThat(generationSwitch.complete(second)).isEqualTo(Outcome.SERVES);
        GenerationId third = rebuild(false);
        stands(third, END);
        assertThat(generationSwitch.complete(third)).as("nodes may still answer from the first")
                .isEqualTo(Outcome.BEHIND);
        assertThat(state(first)).isEqualTo(State.PREVIOUS);
        journal.execute("UPDATE ritsem.view_generation SET still_until = now() - interval '1 s' WHERE generation = 1");
        assertThat(generationSwitch.complete(third)).isEqualTo(Outcome.SERVES);
        assertThat(generations.find(List.of(version))).extracting(each -> each.id().generation()).containsExactly(2, 3);
        assertThat(journal.number("SELECT count(to_regclass('" + first.tableName() + "'))")).isZero();
    }

    @Test void what_is_to_wait_waits_for_its_order() throws Exception {
        GenerationId next = rebuild(true);
        stands(next, END);
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.WAITS);
        operations.order(version, "a test");
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.SERVES);
    }

    @Test void what_has_parked_more_than_the_serving_generation_waits() throws Exception {
        GenerationId next = rebuild(false);
        stands(next, END);
        park(next, "a");
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.WAITS);
        park(first, "a");
        assertThat(generationSwitch.complete(next)).isEqualTo(Outcome.SERVES);
    }

    private void park(GenerationId generation, String key) throws Exception {
        journal.execute("INSERT INTO ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering, "
                + "partition, persistence_id, sequence_number, event_time) "
                + "VALUES ('%s', %d, false, '%s', 1, 1, 0, 'jar|a', 1, now())"
                        .formatted(generation.view(), generation.generation(), key));
    }

    @Test void what_does_not_fit_is_refused_with_how_the_view_stands() throws Exception {
        assertThatThrownBy(() -> operations.cancel(version, "a test")).isInstanceOf(ConflictException.class)
                .hasMessage("No generation of the view 'contents' is being built");
        assertThatThrownBy(() -> operations.rollBack(version, "a test")).isInstanceOf(ConflictException.class)
                .hasMessageContaining("no previous generation any more: rebuild it");
        rebuild(false);
        assertThatThrownBy(() -> rebuild(false)).isInstanceOf(ConflictException.class)
                .hasMessage("Generation 2 of the view 'contents' is being built: wait for it, or cancel it first");
    }

    @Test void the_number_of_a_generation_that_is_gone_is_not_given_again() throws Exception {
        rebuild(false);
        operations.cancel(version, "a test");
        assertThat(rebuild(false).generation()).isEqualTo(3);
        operations.cancel(version, "a test");
        journal.execute("INSERT INTO ritsem.view_generation (view, generation, fingerprint, epoch, state, "
                + "target_transaction_id) VALUES ('contents', 7, 'made by a node that counts what is there', 1, 'serving', 0)");
        assertThat(rebuild(false).generation()).isEqualTo(8);
    }

    @Test void a_view_that_is_built_for_the_first_time_can_be_paused_and_resumed() throws Exception {
        ViewVersion colours = ViewVersion.of(ApplicationModel.of(new Jars()).views().getLast());
        generations.prepare(colours, 0);
        operations.pause(colours, "a test");
        assertThat(generations.find(List.of(colours))).extracting(Generation::paused).containsExactly(true);
        operations.resume(colours, "a test");
        assertThat(generations.find(List.of(colours))).extracting(Generation::paused).containsExactly(false);
    }

    @Test void every_action_is_audited_with_its_reason() throws Exception {
        operations.rebuild(version, true, 500, "rows were lost");
        operations.pause(version, "too much load");
        assertThat(new AuditLog(journal.dataSource()).entries(Long.MAX_VALUE, 10))
                .extracting(AuditLog.Entry::action, AuditLog.Entry::subject, AuditLog.Entry::reason,
                        AuditLog.Entry::details)
                .containsExactly(
                        tuple("pause", "view contents", "too much load",
                                "{\"generation\": 1}"),
                        tuple("rebuild", "view contents", "rows were lost",
                                "{\"given\": \"rate 500, manual\", \"generation\": 2}"));
    }

    @Test void cleans_up_what_nobody_needs_and_nothing_else() throws Exception {
        GenerationId next = rebuild(false);
        stands(next, END);
        generationSwitch.complete(next);
        GenerationSettings settings = new GenerationSettings(0, Duration.ofMinutes(10), Duration.ofHours(1));
        GenerationCleanUp cleanUp = new GenerationCleanUp(journal.dataSource(), settings);
        assertThat(cleanUp.run(List.of())).isEmpty();
        journal.execute("UPDATE ritsem.view_generation SET used_at = now() - interval '2 hours'");
        assertThat(cleanUp.run(List.of(first, next))).isEmpty();
        journal.execute(
                "UPDATE ritsem.view_generation SET retired_at = now() - interval '11 minutes' WHERE generation = 1");
        assertThat(cleanUp.run(List.of(first, next))).as("nodes may still answer from it").isEmpty();
        journal.execute("UPDATE ritsem.view_generation SET still_until = now() - interval '1 s' WHERE generation = 1");
        assertThat(cleanUp.run(List.of(first, next))).containsExactly(first);
        journal.execute("UPDATE ritsem.view_generation SET used_at = now() - interval '2 hours'");
        assertThat(cleanUp.run(List.of())).containsExactly(next);
        assertThat(journal.number("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'view_contents_%'")).isZero();
    }

    @Test void what_cannot_be_dropped_keeps_nothing_else_from_being_dropped() throws Exception {
        GenerationId colours = generations.prepare(ApplicationModel.of(new Jars()).views().getLast()).table().id();
        GenerationCleanUp cleanUp = new GenerationCleanUp(journal.dataSource(),
                new GenerationSettings(0, Duration.ofMinutes(10), Duration.ofHours(1)));
        journal.execute("UPDATE ritsem.view_generation SET used_at = now() - interval '2 hours'");
        try (CapturedLog log = new CapturedLog(GenerationCleanUp.class.getName());
                Connection reader = journal.transaction()) {
            reader.createStatement().execute("SELECT FROM " + first.tableName());
            assertThat(cleanUp.run(List.of())).containsExactly(colours);
            assertThat(log.lines(Level.WARN)).singleElement()
                    .satisfies(line -> assertThat(line.getFormattedMessage())
                            .startsWith(
                                    "The view contents (generation 1) is not needed any more, but cannot be dropped"));
        }
        assertThat(cleanUp.run(List.of())).containsExactly(first);
    }
}

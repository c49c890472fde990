package io.ritsem.projections.store;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.GenerationDiff.Difference;
import io.ritsem.projections.store.GenerationDiff.Found;
import io.ritsem.runtime.application.ApplicationModel;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.idIn;
import static org.assertj.core.api.Assertions.assertThat;

/** Comparing rows in several goes, with tables that the test fills. */
class GenerationDiffTest {

    private final TestJournal journal = new TestJournal();
    private ViewTable<?> one;
    private ViewTable<?> other;

    @BeforeEach void prepare() throws Exception {
        Generations generations = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS);
        ViewVersion version = ViewVersion.of(ApplicationModel.of(new Jars()).views().getFirst());
        one = generations.prepare(version, 0).table();
        journal.execute("UPDATE ritsem.view_generation SET state = 'serving'");
        int second = new ViewOperations(journal.dataSource(), generations,
                new GenerationSwitch(journal.dataSource(), Duration.ofMinutes(1))).rebuild(version, true, 0, "a test")
                .generation();
        other = ViewTable.of(version.definition(), second);
    }

    @AfterEach void close() {
        journal.close();
    }

    private void fill(ViewTable<?> table, String keys, long transaction) throws Exception {
        journal.execute("INSERT INTO " + table.tableName()
                + " SELECT lpad(k::text, 6, '0'), '{\"marbles\": 1, \"fillings\": 1}', 1, "
                + "k % 4, " + transaction + ", k, now() FROM " + keys + " AS k");
    }

    private void stands(long transaction) throws Exception {
        journal.execute(
                "UPDATE ritsem.view_cursor SET transaction_id = " + transaction + ", ordering = 9223372036854775807");
    }

    private void stands(ViewTable<?> table, long transaction) throws Exception {
        journal.execute("UPDATE ritsem.view_cursor SET transaction_id = " + transaction
                + ", ordering = 9223372036854775807 WHERE generation = " + table.generation());
    }

    private void turnAround() {
        ViewTable<?> first = one;
        one = other;
        other = first;
    }

    private Found all() throws Exception {
        return new GenerationDiff(journal.dataSource()).compare(one, other, "", bounds(1_000_000, 20));
    }

    @Test void finds_every_row_whose_keys_lie_apart_in_the_two() throws Exception {
        fill(one, "generate_series(1, 20000)", 5);
        fill(other, "generate_series(2, 20000, 2)", 5);
        fill(other, "generate_series(50001, 52000)", 5);
        stands(5);
        Found found = all();
        assertThat(found.same()).isEqualTo(10_000);
        assertThat(found.missing()).isEqualTo(10_000);
        assertThat(found.added()).isEqualTo(2_000);
        assertThat(found.changed()).isZero();
        assertThat(found.next()).isNull();
    }

    @Test void goes_on_after_the_key_that_it_names() throws Exception {
        fill(one, "generate_series(1, 12000)", 5);
        fill(other, "generate_series(1, 12000)", 5);
        stands(5);
        GenerationDiff diff = new GenerationDiff(journal.dataSource());
        Found first = diff.compare(one, other, "", bounds(1, 20));
        assertThat(first.same()).isEqualTo(5_000);
        assertThat(first.next()).isEqualTo("005000");
        assertThat(diff.compare(one, other, "", new GenerationDiff.Bounds(1_000_000, 20, Duration.ZERO)))
                .as("without time")
                .isEqualTo(first);
        assertThat(diff.compare(one, other, "005000", bounds(1_000_000, 20)).same()).isEqualTo(7_000);
    }

    @Test void a_row_of_an_event_that_the_other_has_not_reached_says_nothing() throws Exception {
        fill(one, "generate_series(1, 10)", 6);
        fill(other, "generate_series(1, 9)", 5);
        stands(5);
        journal.execute(
                "UPDATE " + one.tableName() + " SET row = '{\"marbles\": 2, \"fillings\": 2}' WHERE key <> '000001'");
        Found found = all();
        assertThat(found.same()).isEqualTo(1);
        assertThat(found.moving()).isEqualTo(9);
        stands(6);
        assertThat(all().changed()).isEqualTo(8);
        assertThat(all().missing()).isEqualTo(1);
        assertThat(all().examples()).hasSize(9)
                .contains(new Difference("000002", "{\"marbles\": 2, \"fillings\": 2}",
                        "{\"marbles\": 1, \"fillings\": 1}"),
                        new Difference("000010", "{\"marbles\": 2, \"fillings\": 2}", null));
    }

    @Test void shows_no_more_differences_than_it_is_asked_for() throws Exception {
        fill(one, "generate_series(1, 12000)", 5);
        stands(5);
        Found found = new GenerationDiff(journal.dataSource()).compare(one, other, "", bounds(1_000_000, 3));
        assertThat(found.missing()).isEqualTo(12_000);
        assertThat(found.examples()).extracting(Difference::key).containsExactly("000001", "000002", "000003");
    }

    @Test void a_row_that_only_one_has_says_nothing_while_the_other_is_ahead_and_may_have_deleted_it()
            throws Exception {
        fill(one, "generate_series(1, 8)", 5);
        fill(other, "generate_series(5, 8)", 5);
        stands(5);
        long deleted = journal.write(event("jar", idIn(1, "jar"), new Broken()));
        stands(other, deleted);
        assertThat(all().moving()).isEqualTo(1); // 000001; in other partitions nothing has happened
        assertThat(all().missing()).isEqualTo(3);
        turnAround();
        assertThat(all().moving()).isEqualTo(1);
        assertThat(all().added()).isEqualTo(3);
        turnAround();
        stands(deleted);
        assertThat(all().moving()).isZero();
        assertThat(all().missing()).isEqualTo(4);
    }

    @Test void a_row_that_the_one_behind_lacks_is_missing() throws Exception {
        fill(one, "generate_series(1, 8)", 5);
        stands(5);
        stands(one, journal.write(event("jar", idIn(1, "jar"), new Broken())));
        assertThat(all().missing()).isEqualTo(8);
    }

    private static GenerationDiff.Bounds bounds(long rows, int examples) {
        return new GenerationDiff.Bounds(rows, examples, Duration.ofMinutes(1));
    }
}

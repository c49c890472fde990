package io.ritsem.projections.store;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.GenerationSwitch.Outcome;
import io.ritsem.runtime.application.ApplicationModel;

import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class GenerationsTest {

    private final TestJournal journal = new TestJournal();
    private final Generations generations = generations(1);

    @BeforeEach void write() throws Exception {
        journal.write(event("jar", "a", new Filled("red", 1)));
    }

    @AfterEach void close() {
        journal.close();
    }

    private Generations generations(int epoch) {
        return new Generations(journal.dataSource(), epoch, TestJournal.PARTITIONS);
    }

    private static ViewDefinition<?> view(String name, String... indexed) {
        return ApplicationModel.of(new Jars(), app -> app.view(name, Jars.Colour.class)
                .on("jar", new Jars.Colours())
                .indexedBy(indexed)).views().getLast();
    }

    private void complete(ViewTable<?> table) throws Exception {
        GenerationSwitch generationSwitch = new GenerationSwitch(journal.dataSource(), Duration.ofMinutes(1));
        assertThat(generationSwitch.complete(table.id())).isEqualTo(Outcome.BEHIND);
        journal.execute("UPDATE ritsem.view_cursor SET transaction_id = " + (1L << 40));
        assertThat(generationSwitch.complete(table.id())).isEqualTo(Outcome.SERVES);
    }

    @Test void the_same_view_keeps_its_table() throws Exception {
        Generations.Prepared first = generations.prepare(view("some"));
        assertThat(first.serving()).isFalse();
        assertThat(generations.prepare(view("some")).table().tableName()).isEqualTo(first.table().tableName());
        complete(first.table());
        assertThat(generations.prepare(view("some")).serving()).isTrue();
    }

    @Test void another_index_and_another_epoch_make_another_generation() throws Exception {
        assertThat(generations.prepare(view("some")).table().generation()).isEqualTo(1);
        assertThat(generations.prepare(view("some", "marbles")).table().generation()).isEqualTo(2);
        assertThat(generations(2).prepare(view("some", "marbles")).table().generation()).isEqualTo(3);
        assertThat(generations.prepare(view("some")).table().generation()).isEqualTo(1);
    }

    @Test void another_handler_makes_another_generation_although_its_rows_look_the_same() throws Exception {
        ViewDefinition<?> doubled = ApplicationModel
                .of(new Jars(), app -> app.view("some", Jars.Colour.class).on("jar", new Doubled()))
                .views()
                .getLast();
        assertThat(generations.prepare(view("some")).table().generation()).isEqualTo(1);
        assertThat(generations.prepare(doubled).table().generation()).isEqualTo(2);
    }

    static final class Doubled implements KeyedView<Jars.Event, Jars.Colour> {

        @Override public void apply(Jars.Event event, Recorded recorded, Rows<Jars.Colour> rows) {
            rows.update("all", _ -> new Jars.Colour(2, 2));
        }
    }

    @Test void every_declared_field_has_an_index_that_takes_the_longest_texts() throws Exception {
        ViewTable<?> table = generations.prepare(view("a-view-whose-name-is-as-long-as-a-name-may-be-sixty-in-all",
                "marbles", "fillings", "updatedAt")).table();
        assertThat(table.tableName().length() - "ritsem.".length()).isLessThanOrEqualTo(63);
        assertThat(journal.number("SELECT count(*) FROM pg_indexes WHERE tablename = '"
                + table.tableName().substring("ritsem.".length()) + "'")).isEqualTo(4);
        journal.execute("INSERT INTO " + table.tableName() + " SELECT repeat('k', " + ViewTable.LONGEST_KEY
                + "), '{\"marbles\": 9223372036854775807}', null, 0, 1, 1, now()");
    }

    /** As long as the page has room, which it has: an index on an expression of the row would make that impossible. */
    @Test void a_row_that_changes_but_for_its_declared_fields_touches_no_index() throws Exception {
        ViewTable<?> table = generations.prepare(view("some", "marbles")).table();
        journal.execute("INSERT INTO %s SELECT 'a', '{\"marbles\": 1, \"fillings\": 1}', null, 0, 1, 1, now()"
                .formatted(table.tableName()));
        journal.execute("UPDATE %s SET row = '{\"marbles\": 1, \"fillings\": 2}', ordering = 2, updated_at = now()"
                .formatted(table.tableName()));
        journal.execute("UPDATE %s SET row = '{\"marbles\": 2, \"fillings\": 3}', ordering = 3, updated_at = now()"
                .formatted(table.tableName()));
        String updates = "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relid = '%s'::regclass"
                .formatted(table.tableName());
        await().atMost(Duration.ofSeconds(20)).until(() -> journal.number(updates) == 2);
        assertThat(journal.number(updates.replace("n_tup_upd", "n_tup_hot_upd"))).isEqualTo(1);
    }

    @Test void a_field_of_the_name_of_the_rows_time_is_refused() {
        assertThatThrownBy(() -> generations.prepare(ApplicationModel
                .of(new Jars(), app -> app.view("some", Timed.class).on("jar", new Times()).indexedBy("updatedAt"))
                .views()
                .getLast())).hasMessageContaining("'some'")
                .hasMessageContaining("'updatedAt'")
                .hasMessageContaining("rename");
    }

    record Timed(Instant updatedAt) {}

    static final class Times implements KeyedView<Jars.Event, Timed> {

        @Override public void apply(Jars.Event event, Recorded recorded, Rows<Timed> rows) {
            rows.update("all", _ -> new Timed(recorded.time()));
        }
    }

    @Test void fields_that_cannot_be_indexed_are_refused_by_name() {
        assertThatThrownBy(() -> generations.prepare(view("some", "weight"))).hasMessageContaining("'some'")
                .hasMessageContaining("'weight'")
                .hasMessageContaining("marbles");
    }
}

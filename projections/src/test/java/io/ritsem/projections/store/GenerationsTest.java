package io.ritsem.projections.store;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.Jars;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.GenerationSwitch.Outcome;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GenerationsTest {

    private final TestJournal journal = new TestJournal();
    private final Generations generations = generations(1);

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
                "marbles", "fillings")).table();
        assertThat(table.tableName().length() - "ritsem.".length()).isLessThanOrEqualTo(63);
        assertThat(journal.number("SELECT count(*) FROM pg_indexes WHERE tablename = '"
                + table.tableName().substring("ritsem.".length()) + "'")).isEqualTo(4);
        journal.execute("INSERT INTO " + table.tableName() + " SELECT repeat('k', " + ViewTable.LONGEST_KEY
                + "), '{\"marbles\": 9223372036854775807}', null, 0, 1, 1, now()");
    }

    @Test void fields_that_cannot_be_indexed_are_refused_by_name() {
        assertThatThrownBy(() -> generations.prepare(view("some", "weight"))).hasMessageContaining("'some'")
                .hasMessageContaining("'weight'")
                .hasMessageContaining("marbles");
    }
}

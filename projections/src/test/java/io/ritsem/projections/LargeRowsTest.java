package io.ritsem.projections;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.runtime.application.ApplicationModel;

import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Rows that are so large that those which change at once are read some at a time. */
class LargeRowsTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int MANY = 30;
    private static final Application NOTES = app -> {
        Jars.entities(app);
        app.view("notes", new Notes()).of("jar").indexedBy("marbles");
    };

    record Note(long marbles, String text) {}

    static final class Notes implements EntityView<Event, Note> {

        @Override public @Nullable Note apply(@Nullable Note row, Event event, Recorded recorded) {
            return switch (event) {
                case Filled(_, long marbles) -> new Note(marbles, "x".repeat(1 << 20));
                case Broken() -> null;
            };
        }
    }

    private TestJournal journal;
    private RunningNode node;
    private ViewReader reader;

    @BeforeEach void start() throws Exception {
        journal = new TestJournal();
        node = new RunningNode(journal, NOTES).ready();
        reader = new ViewReader(journal.dataSource(), journal.reader(), ApplicationModel.of(NOTES),
                new ViewReader.Sources(node.projections.views(), node.projections.live()), new QuerySettings(4));
    }

    @AfterEach void stop() {
        node.close();
        journal.close();
    }

    @Test void each_reader_is_told_of_its_row_when_all_change_at_once() throws Exception {
        List<Assembled> readers = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                readers.add(live(new Filter("key", Operator.EQ, List.of("jar-" + i))));
            }
            writeAll(new Filled("red", 1));
            soon().until(() -> readers.stream().allMatch(each -> each.rows().size() == 1));
            writeAll(new Broken());
            soon().until(() -> readers.stream().allMatch(each -> each.rows().isEmpty()));
            assertThat(readers).extracting(Assembled::end).containsOnlyNulls();
        } finally {
            readers.forEach(Assembled::close);
        }
    }

    @Test void what_changes_while_rows_are_read_is_told_afterwards() throws Exception {
        journal.write(event("jar", "slow", new Filled("red", 7)));
        soon().until(() -> journal.number("SELECT count(*) FROM " + node.table("notes").tableName()) == 1);
        String table = node.table("notes").tableName();
        journal.execute("CREATE FUNCTION ritsem.good(text) RETURNS boolean LANGUAGE plpgsql AS "
                + "$$ BEGIN IF $1 = 'slow' THEN PERFORM pg_sleep(3); END IF; RETURN true; END $$");
        journal.execute("ALTER TABLE " + table + " RENAME TO moved; CREATE VIEW " + table
                + " AS SELECT * FROM ritsem.moved WHERE ritsem.good(key)");
        CompletableFuture<Assembled> joining = CompletableFuture
                .supplyAsync(() -> live(new Filter("marbles", Operator.EQ, List.of("7"))));
        soon().until(() -> journal.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
                + "AND datname = current_database()") == 1);
        writeAll(new Filled("red", 1));
        journal.write(event("jar", "jar-3", new Filled("red", 7)));
        try (Assembled sevens = joining.get(20, TimeUnit.SECONDS)) {
            soon().until(() -> sevens.rows().keySet().equals(Set.of("slow", "jar-3")));
            assertThat(sevens.end()).isNull();
        }
    }

    private Assembled live(Filter filter) {
        return new Assembled(reader.live("notes", List.of(filter), SOON));
    }

    private void writeAll(Event event) throws Exception {
        journal.write(IntStream.range(0, MANY)
                .mapToObj(i -> event("jar", "jar-" + i, (Record) event))
                .toArray(Written[]::new));
    }

    private static ConditionFactory soon() {
        return await().atMost(SOON).pollInterval(20, TimeUnit.MILLISECONDS);
    }
}

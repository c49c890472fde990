package io.ritsem.projections;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.live.LiveBatch.Reason;
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

/** Who begins to read live, or to read anew, while the rows of somebody else cannot be read. */
class LiveBeginningTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Filter EVEN = new Filter("key", Operator.EQ, List.of("even"));
    private static final Filter NONE = new Filter("key", Operator.EQ, List.of("none"));

    private TestJournal journal;
    private RunningNode node;
    private ViewReader reader;
    private CapturedLog log;

    @BeforeEach void start() throws Exception {
        log = new CapturedLog("io.ritsem.projections.live");
        journal = new TestJournal();
        node = new RunningNode(journal, new Jars()).ready();
        reader = new ViewReader(journal.dataSource(), journal.reader(), ApplicationModel.of(new Jars()),
                new ViewReader.Sources(node.projections.views(), node.projections.live()), new QuerySettings(4));
        fill("odd");
        fill("even");
    }

    @AfterEach void stop() {
        node.close();
        journal.close();
        log.close();
    }

    @Test void a_slow_query_holds_up_neither_those_who_begin_nor_those_who_read() throws Exception {
        try (Assembled even = live("contents", EVEN)) {
            whoReadsTheOddRow("PERFORM pg_sleep(3);");
            CompletableFuture<Assembled> slow = CompletableFuture.supplyAsync(() -> live("contents"));
            soon().until(() -> journal.number("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
                    + "AND datname = current_database()") == 1);
            try (Assembled none = live("contents", NONE)) {
                assertThat(none.rows()).isEmpty();
                fill("even");
                soon().until(() -> even.rows().equals(Map.of("even", content(2))));
                assertThat(slow).isNotDone();
            }
            try (Assembled all = slow.get(20, TimeUnit.SECONDS)) {
                // also what has changed while its rows were read
                soon().until(() -> all.rows().equals(Map.of("odd", content(1), "even", content(2))));
                assertThat(all.beginnings()).isEqualTo(1);
            }
        }
    }

    @Test void a_bug_in_the_rows_of_a_query_ends_its_readers_and_nobody_else() throws Exception {
        try (Assembled all = live("contents"); Assembled even = live("contents", EVEN)) {
            whoReadsTheOddRow("RAISE EXCEPTION 'odd';");
            changeOtherwise();
            soon().until(() -> all.end() == Reason.INTERNAL_ERROR);
            fill("even");
            soon().until(() -> even.rows().equals(Map.of("even", content(2))));
            assertThat(even.end()).isNull();
            assertThatThrownBy(() -> live("contents")).isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("ERROR: odd\n  Where: PL/pgSQL function ritsem.good(text) line 1 at RAISE");
            try (Assembled none = live("contents", NONE)) {
                assertThat(none.rows()).isEmpty();
            }
            assertThat(log.lines(Level.ERROR)).singleElement()
                    .satisfies(line -> assertThat(line.getThrowableProxy()).isNotNull());
        }
    }

    @Test void who_reads_on_waits_for_rows_that_cannot_be_read_and_who_begins_is_told_why() throws Exception {
        try (Assembled all = live("contents"); Assembled even = live("contents", EVEN)) {
            whoReadsTheOddRow("RAISE EXCEPTION 'locked' USING ERRCODE = '55P03';");
            changeOtherwise();
            soon().until(() -> !log.lines(Level.WARN).isEmpty());
            fill("even");
            soon().until(() -> even.rows().equals(Map.of("even", content(2))));
            assertRefused("view-busy", () -> live("contents"));
            whoReadsTheOddRow("");
            soon().until(() -> all.rows().equals(Map.of("odd", content(1), "even", content(2))));
            assertThat(all.end()).isNull();
        }
    }

    @Test void a_lock_on_the_rows_of_a_view_is_called_one_and_is_nothing_to_another_view() throws Exception {
        try (Assembled rows = live("contents");
                Connection lock = journal.transaction();
                Statement statement = lock.createStatement()) {
            statement.execute("LOCK TABLE " + node.table("contents").tableName() + " IN ACCESS EXCLUSIVE MODE");
            changeOtherwise();
            CompletableFuture<Assembled> refused = CompletableFuture.supplyAsync(() -> live("contents", EVEN));
            try (Assembled colours = live("colours")) {
                soon().until(() -> colours.rows().containsKey("red"));
                assertThat(refused).isNotDone();
            }
            assertRefused("view-busy", () -> refused.get(20, TimeUnit.SECONDS));
            soon().until(() -> !log.lines(Level.WARN).isEmpty());
            lock.rollback();
            soon().until(() -> !log.lines(Level.INFO).isEmpty());
            assertThat(rows.rows()).hasSize(2);
            assertThat(log.lines(Level.WARN)).extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("'contents'", "view-busy").doesNotContain("database"));
        }
    }

    @Test void who_waits_in_vain_because_the_journal_is_away_is_told_so() throws Exception {
        journal.execute("ALTER TABLE ritsem.event_journal RENAME TO away");
        soon().untilAsserted(() -> assertRefused("journal-away", () -> reader.live("contents", List.of(),
                Duration.ofMillis(300))));
        journal.execute("ALTER TABLE ritsem.away RENAME TO event_journal");
        try (Assembled rows = live("contents")) {
            soon().until(() -> rows.rows().size() == 2);
        }
    }

    private static void assertRefused(String reason, ThrowingCallable joining) {
        assertThatThrownBy(joining).satisfiesAnyOf(
                thrown -> assertThat(thrown).isInstanceOf(UnavailableException.class).hasMessage(reason),
                thrown -> assertThat(thrown).hasCauseInstanceOf(UnavailableException.class)
                        .cause()
                        .hasMessage(reason));
    }

    /** From now on PostgreSQL does this whenever it looks at the row. */
    private void whoReadsTheOddRow(String does) throws Exception {
        journal.execute("CREATE OR REPLACE FUNCTION ritsem.good(text) RETURNS boolean LANGUAGE plpgsql AS "
                + "$$ BEGIN IF $1 = 'odd' THEN " + does + " END IF; RETURN true; END $$");
        String table = node.table("contents").tableName();
        if (journal.number("SELECT count(*) FROM pg_class WHERE relname = 'moved'") == 0) {
            journal.execute("ALTER TABLE " + table + " RENAME TO moved; CREATE VIEW " + table
                    + " AS SELECT * FROM ritsem.moved WHERE ritsem.good(key)");
        }
    }

    private void changeOtherwise() throws Exception {
        journal.execute("UPDATE ritsem.view_generation SET revision = revision + 1 WHERE view = 'contents'");
    }

    private Assembled live(String view, Filter... filters) {
        return new Assembled(reader.live(view, List.of(filters), SOON));
    }

    private void fill(String jar) throws Exception {
        long transaction = journal.write(event("jar", jar, new Filled("red", 1)));
        assertThat(node.passes("contents", partitionOf("jar", jar), transaction, SOON)).isTrue();
        assertThat(node.passes("colours", partitionOf("jar", jar), transaction, SOON)).isTrue();
    }

    private static String content(int fillings) {
        return "{\"marbles\":%1$d,\"fillings\":%1$d}".formatted(fillings);
    }

    private static ConditionFactory soon() {
        return await().atMost(SOON).pollInterval(5, TimeUnit.MILLISECONDS);
    }
}

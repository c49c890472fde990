package io.ritsem.projections;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.query.ViewReader;
import io.ritsem.runtime.application.ApplicationModel;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.partitionOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A view does not wait for the disk: after a crash of the server, rows and cursor may stand where they stood before. The
 * tests take them back by SQL and break all connections.
 */
class DatabaseCrashTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int PARTITION = partitionOf("jar", "a");
    /** So long a lease that the tail alone notices: the rounds in which leases are renewed would, too. */
    private static final ProjectionSettings RARE_ROUNDS = new ProjectionSettings(Duration.ofMinutes(30),
            RunningNode.SETTINGS.tail(), RunningNode.SETTINGS.engine(), RunningNode.SETTINGS.generations(),
            RunningNode.SETTINGS.query());

    private final HushedLog pool = new HushedLog("com.zaxxer.hikari");
    private final HushedLog streams = new HushedLog("akka");
    private final HushedLog views = new HushedLog("io.ritsem");
    private TestJournal journal;

    @BeforeEach void open() {
        journal = new TestJournal();
    }

    @AfterEach void close() {
        journal.close();
        List.of(pool, streams, views).forEach(HushedLog::close);
    }

    @Test void goes_on_from_where_a_crash_of_the_database_has_taken_it_back() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            fill(node, 1);
            remember(node);
            fill(node, 2);
            takeBack(node);
            soon().until(() -> journal.rows(node.table("contents")).equals(Map.of("a", new Content(3, 2))));
        }
    }

    @Test void who_asks_after_a_crash_is_told_what_the_database_says_and_not_what_was_so_before() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars(), RARE_ROUNDS).ready()) {
            fill(node, 1);
            remember(node);
            long second = fill(node, 2);
            node.projections.control().pause("contents", "a test"); // or it would have gone on before anybody asks
            soon().until(() -> node.status("contents").state() == State.PAUSED);
            assertThat(node.passes("contents", PARTITION, second, Duration.ZERO)).isTrue();
            takeBack(node);
            breakConnections();
            soon().until(() -> !node.passes("contents", PARTITION, second, Duration.ZERO));
            node.projections.control().resume("contents", "a test");
            soon().until(() -> node.passes("contents", PARTITION, second, Duration.ZERO));
            assertThat(journal.rows(node.table("contents"))).isEqualTo(Map.of("a", new Content(3, 2)));
        }
    }

    @Test void who_reads_live_begins_anew_after_a_crash() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars(), RARE_ROUNDS).ready()) {
            fill(node, 1);
            ViewReader reader = new ViewReader(journal.dataSource(), journal.reader(), ApplicationModel.of(new Jars()),
                    new ViewReader.Sources(node.projections.views(), node.projections.live()), new QuerySettings(4));
            try (Assembled rows = new Assembled(reader.live("contents", List.of(), SOON))) {
                fill(node, 2);
                soon().until(() -> rows.rows().equals(Map.of("a", "{\"marbles\":3,\"fillings\":2}")));
                assertThat(rows.beginnings()).isEqualTo(1);
                breakConnections();
                soon().until(() -> rows.beginnings() > 1);
                assertThat(rows.rows()).containsOnlyKeys("a");
            }
        }
    }

    private long fill(RunningNode node, long marbles) throws Exception {
        long transaction = journal.write(event("jar", "a", new Filled("red", marbles)));
        assertThat(node.passes("contents", PARTITION, transaction, SOON)).isTrue();
        return transaction;
    }

    private void remember(RunningNode node) throws Exception {
        journal.execute("CREATE TABLE rows_before AS SELECT * FROM " + node.table("contents").tableName());
        journal.execute("CREATE TABLE cursor_before AS SELECT * FROM ritsem.view_cursor WHERE view = 'contents'");
    }

    private void takeBack(RunningNode node) throws Exception {
        journal.execute(
                """
                BEGIN;
                DELETE FROM %1$s;
                INSERT INTO %1$s (key, row, version, partition, transaction_id, ordering, updated_at)
                  SELECT key, row, version, partition, transaction_id, ordering, updated_at FROM rows_before;
                UPDATE ritsem.view_cursor c SET transaction_id = b.transaction_id, ordering = b.ordering
                  FROM cursor_before b
                  WHERE (c.view, c.generation, c.partition) = (b.view, b.generation, b.partition);
                COMMIT""".formatted(node.table("contents").tableName()));
    }

    private void breakConnections() throws Exception {
        try (Connection outside = journal.transaction(); Statement statement = outside.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    + "WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }

    private static ConditionFactory soon() {
        return await().atMost(SOON).ignoreExceptions();
    }
}

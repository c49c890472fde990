package io.ritsem.projections;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.engine.EngineSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** That what is read at once is written in transactions that are short, and is all written. */
class ShortTransactionsTest {

    private static final int JARS = 3_000;
    private static final int MOST_ROWS = 1_250;

    private TestJournal journal;

    @BeforeEach void open() {
        journal = new TestJournal();
    }

    @AfterEach void close() {
        journal.close();
    }

    @ParameterizedTest @ValueSource(strings = {"contents",
        "colours"}) void a_transaction_writes_no_more_rows_than_readers_can_wait_for(String view) throws Exception {
        fillTwice(JARS);
        try (RunningNode node = built()) {
            assertThat(largestTransaction(node.table(view).tableName())).isBetween(1L, (long) MOST_ROWS);
            assertThat(journal.<Content>rows(node.table("contents")).values()).hasSize(JARS)
                    .containsOnly(new Content(3, 2));
            assertThat(journal.<Colour>rows(node.table("colours")).values()).hasSize(JARS)
                    .containsOnly(new Colour(3, 2));
        }
    }

    private RunningNode built() throws Exception {
        ProjectionSettings settings = RunningNode.SETTINGS;
        EngineSettings engine = new EngineSettings(5_000, 4, Duration.ofMillis(200), Duration.ofMillis(50));
        return new RunningNode(journal, new Jars(), new ProjectionSettings(settings.lease(), settings.tail(), engine,
                settings.generations(), settings.query())).ready();
    }

    /** One marble into each jar, then two, of a colour of its own. */
    private void fillTwice(int jars) throws Exception {
        journal.execute(
                """
                INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                    event_ser_manifest, event_payload, partition, event_time, causation)
                SELECT 'jar|j-' || jar, before + marbles, 'test', 0, 'jar.filled/1',
                       convert_to(format('{"colour":"c-%%s","marbles":%%s}', jar, marbles), 'UTF8'), jar %% %d, now(),
                       gen_random_uuid()
                  FROM (SELECT coalesce(max(sequence_number), 0) AS before FROM ritsem.event_journal) AS stored,
                       generate_series(1, 2) AS marbles, generate_series(1, %d) AS jar
                 ORDER BY marbles, jar""".formatted(TestJournal.PARTITIONS, jars));
    }

    private long largestTransaction(String table) throws Exception {
        return journal.number(
                "SELECT max(rows) FROM (SELECT count(*) AS rows FROM %s GROUP BY xmin::text) AS t".formatted(table));
    }
}

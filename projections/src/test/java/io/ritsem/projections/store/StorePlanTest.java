package io.ritsem.projections.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.projections.Jars;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.GenerationSwitch.Outcome;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What PostgreSQL does for what nodes ask again and again about their views, with 100,000 events, as many dead letters and
 * rows of each of two generations, and the cursors of 200 other generations.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StorePlanTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final int GENERATIONS = 200;
    private static final long CURSORS = GENERATIONS * 32 + 2 * TestJournal.PARTITIONS;
    private static final long LETTERS = 100_000;
    private static final int KEYS = 1_000;
    private static final int CHUNK = 5_000;

    private final TestJournal journal = new TestJournal();
    private final Generations generations = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS);
    private final ViewVersion version = ViewVersion.of(ApplicationModel.of(new Jars()).views().getFirst());
    private final ViewTable<?> serving = ViewTable.of(version.definition(), 1);
    private final ViewTable<?> next = ViewTable.of(version.definition(), 2);

    @BeforeAll void fill() throws SQLException {
        generations.prepare(version, 0);
        journal.execute("UPDATE ritsem.view_generation SET state = 'serving'");
        new ViewOperations(journal.dataSource(), generations, new GenerationSwitch(journal.dataSource(), LEASE))
                .rebuild(version, false, 0, "a test");
        try (Connection patient = journal.transaction(); Statement statement = patient.createStatement()) {
            patient.setAutoCommit(true);
            statement.execute(
                    """
                    DO $$ BEGIN
                      FOR batch IN 1..100 LOOP
                        INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                          event_ser_manifest, event_payload, partition, event_time, causation)
                        SELECT 'jar|' || entity, batch, 'me', 0, 'jar.filled/1', '{}', entity %% %d, now(),
                               gen_random_uuid()
                        FROM generate_series(1, 1000) AS entity;
                        COMMIT;
                      END LOOP;
                    END $$""".formatted(TestJournal.PARTITIONS));
            statement.execute(
                    """
                    INSERT INTO ritsem.view_generation (view, generation, fingerprint, epoch, state, target_transaction_id)
                    SELECT 'view-' || n / 2, n %% 2, 'f', 1, 'serving', 0 FROM generate_series(1, %d) AS n;
                    INSERT INTO ritsem.view_cursor (view, generation, partition)
                    SELECT view, generation, p FROM ritsem.view_generation, generate_series(0, 31) AS p
                     WHERE view LIKE 'view-%%';
                    INSERT INTO ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering, partition,
                      persistence_id, sequence_number, event_time)
                    SELECT 'contents', g, false, 'key-' || n %% %d, n, n, 0, 'jar|a', n, now()
                      FROM generate_series(1, 100000) AS n, generate_series(1, 2) AS g;
                    INSERT INTO ritsem.projection_node (owner, node, views, alive_until)
                    SELECT gen_random_uuid(), 'node-' || n, ARRAY['of another version'], now() + interval '1 hour'
                      FROM generate_series(1, 50) AS n"""
                            .formatted(GENERATIONS, KEYS));
            for (ViewTable<?> table : List.of(serving, next)) {
                statement.execute("INSERT INTO " + table.tableName()
                        + " SELECT 'key-' || n, '{\"marbles\": 1, \"fillings\": 1}', 1, 0, 5, n, now() "
                        + "FROM generate_series(1, 100000) AS n");
            }
            statement.execute("VACUUM ANALYZE");
        }
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void a_look_every_second_counts_no_dead_letters_and_one_that_is_asked_for_does_so_once() throws Exception {
        Plans plans = new Plans();
        ViewCensus census = new ViewCensus(plans.of(journal.dataSource()));
        assertThat(census.take()).hasSize(GENERATIONS + 2);
        assertThat(plans.of("dead_letter")).isEmpty();
        assertThat(plans.of("view_cursor")).isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.loops()).isLessThanOrEqualTo(GENERATIONS + 2));
        assertThat(census.deadLetters()).isEqualTo(Map.of(serving.id(), LETTERS, next.id(), LETTERS));
        assertThat(plans.of("dead_letter")).hasSize(1)
                .allSatisfy(scan -> assertThat(scan.read()).isEqualTo(2 * LETTERS));
    }

    @Test void a_round_of_leases_reads_no_cursor_twice_and_nothing_of_the_journal() throws Exception {
        Plans plans = new Plans();
        LeaseStore leases = new LeaseStore(plans.of(journal.dataSource()), "a", LEASE);
        Map<GenerationId, ViewVersion> followed = Map.of(serving.id(), version, next.id(), version);
        assertThat(leases.keep(followed)).hasSize(2);
        assertThat(leases.keep(followed)).hasSize(2);
        assertThat(plans.of("view_cursor")).isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.read()).isLessThanOrEqualTo(CURSORS));
        assertThat(plans.of("event_journal")).isEmpty();
    }

    @Test void a_switch_asks_the_journal_one_row_of_each_partition() throws Exception {
        long end = journal.number("SELECT max(transaction_id::text::bigint) FROM ritsem.event_journal");
        journal.execute("UPDATE ritsem.view_generation SET target_transaction_id = 5, target_at = now()");
        stands(serving, end);
        stands(next, end - 50);
        Plans behind = new Plans();
        assertThat(new GenerationSwitch(behind.of(journal.dataSource()), LEASE).complete(next.id()))
                .isEqualTo(Outcome.BEHIND);
        probes(behind);
        stands(serving, Long.MAX_VALUE - 1);
        stands(next, end);
        Plans through = new Plans();
        assertThat(new GenerationSwitch(through.of(journal.dataSource()), LEASE).complete(next.id()))
                .isEqualTo(Outcome.SERVES);
        probes(through);
    }

    private void stands(ViewTable<?> table, long transaction) throws SQLException {
        journal.execute("UPDATE ritsem.view_cursor SET ordering = 9223372036854775807, transaction_id = " + transaction
                + " WHERE view = 'contents' AND generation = " + table.generation());
    }

    private static void probes(Plans plans) {
        assertThat(plans.of("event_journal")).isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.text()).contains("using event_journal_position"))
                .allSatisfy(scan -> assertThat(scan.read()).isLessThanOrEqualTo(TestJournal.PARTITIONS));
        assertThat(plans.of("dead_letter")).isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.text()).contains("using dead_letter_pkey"))
                .allSatisfy(scan -> assertThat(scan.read()).isLessThanOrEqualTo(KEYS));
        assertThat(plans.of("view_cursor")).isNotEmpty()
                .allSatisfy(scan -> assertThat(scan.read()).isLessThanOrEqualTo(CURSORS));
    }

    @Test void two_generations_are_compared_by_their_keys_a_chunk_at_a_time() throws Exception {
        for (String after : List.of("", "key-5", "key-99")) {
            Plans plans = new Plans();
            assertThat(new GenerationDiff(plans.of(journal.dataSource())).compare(serving, next, after,
                    new GenerationDiff.Bounds(1, 10, Duration.ofMinutes(1))).same())
                    .isLessThanOrEqualTo(CHUNK);
            for (ViewTable<?> table : List.of(serving, next)) {
                String name = table.tableName().substring("ritsem.".length());
                assertThat(plans.of(name)).hasSize(1)
                        .allSatisfy(scan -> assertThat(scan.text()).contains("Index Scan using " + name + "_pkey"))
                        .allSatisfy(scan -> assertThat(scan.read()).isLessThanOrEqualTo(CHUNK));
            }
        }
    }

    /** A scan in a plan: how often it was done, and how many rows it read in all. */
    private record Scan(String text, long loops, long read) {

        private static final Pattern ACTUAL = Pattern.compile("actual rows=([0-9]+)\\S* loops=([0-9]+)");
        private static final Pattern REMOVED = Pattern.compile("Rows Removed by [A-Za-z ]+: ([0-9]+)");

        /** @param node its lines */
        static Scan of(String node) {
            Matcher actual = ACTUAL.matcher(node);
            long loops = actual.find() ? Long.parseLong(actual.group(2)) : 0;
            long rows = loops == 0 ? 0 : Long.parseLong(actual.group(1));
            for (Matcher removed = REMOVED.matcher(node); removed.find();) {
                rows += Long.parseLong(removed.group(1));
            }
            return new Scan(node.strip(), loops, rows * loops);
        }
    }

    /** The plans of all statements that are run. */
    private static final class Plans {

        private final StringBuilder text = new StringBuilder();

        DataSource of(DataSource real) {
            return proxy(DataSource.class, (method, arguments) -> {
                Object result = method.invoke(real, arguments);
                return result instanceof Connection connection ? explaining(connection) : result;
            });
        }

        private Connection explaining(Connection real) {
            return proxy(Connection.class, (method, arguments) -> method.getName().equals("prepareStatement")
                    ? explaining(real, (String) arguments[0])
                    : method.invoke(real, arguments));
        }

        private PreparedStatement explaining(Connection connection, String sql) throws SQLException {
            PreparedStatement real = connection.prepareStatement(sql);
            PreparedStatement explain = connection
                    .prepareStatement("EXPLAIN (ANALYZE, BUFFERS OFF, TIMING OFF, SUMMARY OFF) " + sql);
            return proxy(PreparedStatement.class, (method, arguments) -> {
                if (method.getName().startsWith("set") || method.getName().equals("close")) {
                    method.invoke(explain, arguments);
                } else if (method.getName().startsWith("execute")) {
                    explain(connection, explain);
                }
                return method.invoke(real, arguments);
            });
        }

        /** Whatever it changes is taken back. */
        private void explain(Connection connection, PreparedStatement explain) throws SQLException {
            boolean alone = connection.getAutoCommit();
            connection.setAutoCommit(false);
            Savepoint before = connection.setSavepoint();
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    text.append(lines.getString(1)).append('\n');
                }
            }
            connection.rollback(before);
            if (alone) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }

        /** What was scanned of a table, or of an index of it. */
        List<Scan> of(String table) {
            return Stream.of(text.toString().split("\n *-> |\n(?=\\S)"))
                    .filter(node -> node.contains("Scan ") && node.contains(" on " + table + " "))
                    .map(Scan::of)
                    .toList();
        }

        private interface Call {
            Object of(Method method, Object[] arguments) throws Exception;
        }

        private static <T> T proxy(Class<T> type, Call call) {
            return type.cast(
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type}, (_, method, arguments) -> {
                        try {
                            return call.of(method, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }
}

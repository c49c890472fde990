package io.ritsem.runtime.journal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** That the journal's queries read by its indexes and sort nothing, on 100,000 events of 1,000 entities. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournalPlanTest {

    private static final String POSITION = "Index Scan using event_journal_position";
    private static final EntityId TILL = new EntityId("till", "7");

    private TestJournal journal;

    @BeforeAll void fill() throws SQLException {
        journal = TestJournal.onFreshDatabase();
        journal.execute("""
                        DO $$ BEGIN
                          FOR batch IN 1..100 LOOP
                            INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                              event_ser_manifest, event_payload, partition, event_time, causation, command_key)
                            SELECT 'till|' || entity, batch, 'me', 0, 'till.deposited/1', '{"amount":"1.00"}',
                                   entity %% %d, now(), gen_random_uuid(), 'key ' || batch
                            FROM generate_series(1, 1000) AS entity;
                            COMMIT;
                          END LOOP;
                        END $$""".formatted(TestJournal.PARTITIONS));
        journal.execute("ANALYZE ritsem.event_journal");
    }

    @AfterAll void close() {
        journal.close();
    }

    @ParameterizedTest @ValueSource(strings = {"force_custom_plan",
        "force_generic_plan"}) void the_tail_reads_each_partition_by_the_index_without_sorting(String mode)
                throws SQLException {
        Map<Integer, Position> after = new TreeMap<>();
        for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
            after.put(partition, middle());
        }
        String plan = plan(mode, reader -> reader.readPartitions(after, 500));

        assertThat(plan).contains(POSITION)
                .contains("ROW(transaction_id, ordering) > ROW(")
                .doesNotContain("Seq Scan")
                .doesNotContain("Bitmap");
        assertThat(sortsOfEvents(plan)).isEmpty();
        assertThat(mostRows(plan)).isLessThanOrEqualTo(500 * TestJournal.PARTITIONS);
    }

    @ParameterizedTest @ValueSource(strings = {"force_custom_plan",
        "force_generic_plan"}) void the_merge_of_all_partitions_is_lazy_and_sorts_nothing(String mode)
                throws SQLException {
        Position after = middle();
        String plan = plan(mode, reader -> reader.readAll(after, 500));

        assertThat(plan).contains("Merge Append")
                .contains(POSITION)
                .doesNotContain("Seq Scan")
                .doesNotContain("Bitmap");
        assertThat(sortsOfEvents(plan)).isEmpty();
        assertThat(mostRows(plan)).isLessThanOrEqualTo(600);
    }

    @Test void a_recovery_reads_by_the_primary_key() throws SQLException {
        String plan = plan("force_custom_plan", reader -> reader.page(TILL, 10, 60, 1000));
        assertThat(plan).containsPattern("Index Scan (using|on) event_journal_pkey").doesNotContain("Seq Scan");
        assertThat(mostRows(plan)).isEqualTo(50);
        assertThat(plan("force_custom_plan", reader -> reader.version(TILL.persistenceId())))
                .contains("event_journal_pkey")
                .doesNotContain("Seq Scan");
        assertThat(plan("force_custom_plan", reader -> reader.versionAt(TILL, Instant.now())))
                .contains("event_journal_pkey")
                .doesNotContain("Seq Scan");
    }

    @Test void an_entitys_keys_are_read_by_an_index() throws SQLException {
        assertThat(plan("force_custom_plan", reader -> reader.spentKeys(TILL, Instant.EPOCH, 10, 50)))
                .containsPattern("Index Scan (using|on) event_journal_pkey")
                .doesNotContain("Seq Scan");
    }

    @ParameterizedTest @ValueSource(strings = {"force_custom_plan",
        "force_generic_plan"}) void a_key_of_any_time_is_found_by_its_index(String mode) throws SQLException {
        assertThat(plan(mode, reader -> reader.spentKeys(TILL, Set.of("k-1", "k-2"))))
                .contains("event_journal_command_key")
                .doesNotContain("Seq Scan");
    }

    @Test void an_entitys_recent_keys_cost_no_more_for_its_long_life() throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                          event_ser_manifest, event_payload, partition, event_time, causation, command_key)
                        SELECT 'till|old', age, 'me', 0, 'till.deposited/1', '{}', 0,
                               now() - make_interval(days => CASE WHEN age > 18000 THEN 0 ELSE 2 END),
                               gen_random_uuid(), 'key ' || age
                        FROM generate_series(1, 20000) AS age""");

        try (Connection connection = journal.connect()) {
            connection.setAutoCommit(false);
            JournalReader reader = new JournalReader(answering(connection), journal.info());

            assertThat(
                    reader.spentKeys(new EntityId("till", "old"), Instant.now().minusSeconds(86_400), 17_900, 18_100))
                    .containsOnlyKeys(LongStream.rangeClosed(18_001, 18_100).boxed().toList());
            assertThat(rowsRead(connection)).isLessThanOrEqualTo(200);
        }
    }

    @ParameterizedTest @ValueSource(strings = {"2001-01-01T00:00:00Z", "2026-01-05T00:00:00Z",
        "9999-12-31T00:00:00Z"}) void the_version_at_a_moment_costs_a_handful_of_probes_whenever_that_was(String moment)
                throws SQLException {
        journal.execute("""
                        INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                          event_ser_manifest, event_payload, partition, event_time, causation)
                        SELECT 'till|long', age, 'me', 0, 'till.deposited/1', '{}', 0,
                               timestamptz '2026-01-01T00:00:00Z' + make_interval(secs => 60 * age), gen_random_uuid()
                        FROM generate_series(1, 100000) AS age ON CONFLICT DO NOTHING""");

        String plan = plan("force_custom_plan",
                reader -> reader.versionAt(new EntityId("till", "long"), Instant.parse(moment)));

        assertThat(plan).contains("event_journal_pkey").doesNotContain("Seq Scan").doesNotContain("Bitmap");
        assertThat(mostRows(plan)).isLessThanOrEqualTo(1 + 17);
        assertThat(journal.reader().versionAt(new EntityId("till", "long"), Instant.parse("2026-01-05T00:00:00Z")))
                .isEqualTo(4 * 24 * 60);
        assertThat(journal.reader()
                .versionAt(new EntityId("till", "long"), Instant.parse("2026-01-05T00:00:59.999999Z")))
                .isEqualTo(4 * 24 * 60);
        assertThat(journal.reader().versionAt(new EntityId("till", "long"), Instant.MAX)).isEqualTo(100_000);
        assertThat(journal.reader().versionAt(new EntityId("till", "long"), Instant.EPOCH)).isZero();
        assertThat(journal.reader().versionAt(new EntityId("till", "nobody"), Instant.MAX)).isZero();
    }

    @ParameterizedTest @ValueSource(strings = {"force_custom_plan",
        "force_generic_plan"}) void whether_a_view_has_missed_something_is_one_probe_for_each_partition(String mode)
                throws SQLException {
        Map<Integer, Position> after = new TreeMap<>();
        for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
            after.put(partition, middle());
        }
        String plan = plan(mode, reader -> reader.firstAfter(after, List.of("till")));
        assertThat(plan).contains(POSITION).doesNotContain("Seq Scan").doesNotContain("Bitmap");
        assertThat(mostRows(plan)).isLessThanOrEqualTo(TestJournal.PARTITIONS);
    }

    @ParameterizedTest @ValueSource(strings = {"force_custom_plan",
        "force_generic_plan"}) void a_view_of_rare_events_does_not_have_all_others_read_since_it_stopped(String mode)
                throws SQLException {
        Map<Integer, Position> start = Map.of(3, Position.START);
        String plan = plan(mode, reader -> reader.firstAfter(start, List.of("none")));
        assertThat(plan).contains(POSITION).doesNotContain("Seq Scan").doesNotContain("Bitmap");
        assertThat(mostRows(plan)).isEqualTo(1_000);
        assertThat(journal.reader().firstAfter(start, List.of("none"))).isEqualTo(
                Map.of(3, journal.number("""
                                         SELECT transaction_id::text::bigint FROM ritsem.event_journal
                                         WHERE partition = 3 ORDER BY transaction_id, ordering OFFSET 999 LIMIT 1""")));
    }

    @Test void progress_costs_one_probe_for_each_partition() throws SQLException {
        String plan = plan("force_custom_plan", reader -> reader.countAfter(Position.START));
        assertThat(plan).contains("Backward").doesNotContain("Seq Scan");
        assertThat(mostRows(plan)).isLessThanOrEqualTo(TestJournal.PARTITIONS);
    }

    @ParameterizedTest @ValueSource(strings = {"force_custom_plan",
        "force_generic_plan"}) void what_a_view_lacks_is_counted_by_the_index_and_no_further_than_is_told(String mode)
                throws SQLException {
        for (Position position : List.of(Position.START, middle())) {
            String plan = backlog(mode, position);
            assertThat(plan).contains(POSITION).doesNotContain("Seq Scan").doesNotContain("Bitmap");
            assertThat(plan.lines().filter(line -> line.contains("Sort  (")))
                    .allSatisfy(line -> assertThat(actualRows(line)).isLessThanOrEqualTo(places(position).size()));
            assertThat(mostRows(plan)).isEqualTo(JournalBacklog.COUNTED);
        }
        assertThat(mostRows(backlog(mode, new Position(Long.MAX_VALUE, 0))))
                .isLessThanOrEqualTo(places(middle()).size());
    }

    private String backlog(String planCacheMode, Position position) throws SQLException {
        return planOf(planCacheMode, source -> new JournalBacklog(source).beyond(places(position)));
    }

    /** Two views of partitions, one of which follows nothing that there is. */
    private static List<JournalBacklog.Place> places(Position position) {
        return Stream.of("till", "none")
                .flatMap(type -> IntStream.range(0, TestJournal.PARTITIONS)
                        .mapToObj(partition -> new JournalBacklog.Place(partition, position, List.of(type, "other"))))
                .toList();
    }

    private Position middle() throws SQLException {
        return new Position(journal.number("""
                                           SELECT transaction_id::text::bigint FROM ritsem.event_journal
                                           WHERE persistence_id = 'till|7' AND sequence_number = 50"""), 0);
    }

    /** The sorts in a plan but for that of the one row of each partition which tells the journal's end. */
    private static List<String> sortsOfEvents(String plan) {
        return plan.lines().filter(line -> line.contains("Sort  (")).filter(line -> actualRows(line) > 1).toList();
    }

    private static long mostRows(String plan) {
        return plan.lines()
                .filter(line -> line.contains("actual "))
                .mapToLong(JournalPlanTest::actualRows)
                .max()
                .orElseThrow();
    }

    private static long actualRows(String line) {
        String rows = line.replaceAll(".*actual.*? rows=([0-9.]+) .*", "$1");
        return (long) Double.parseDouble(rows);
    }

    /** The plan of the one query that a reader asks. */
    private String plan(String planCacheMode, Consumer<JournalReader> question) throws SQLException {
        return planOf(planCacheMode, source -> question.accept(new JournalReader(source, journal.info())));
    }

    private String planOf(String planCacheMode, Consumer<DataSource> question) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Connection connection = journal.connect(); var statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = " + planCacheMode);
            question.accept(explaining(connection, plan));
        }
        return plan.toString();
    }

    /** How many events the open transaction has read so far. */
    private static long rowsRead(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet rows = statement
                        .executeQuery("""
                                      SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
                                      WHERE relname = 'event_journal'""")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** A data source that gives the same connection again and again. */
    private static DataSource answering(Connection connection) {
        return giving(proxy(Connection.class, connection,
                (name, _) -> name.equals("close") ? "left open" : NOT_OURS));
    }

    private static DataSource giving(Connection connection) {
        return proxy(DataSource.class, new Object(),
                (name, _) -> name.equals("getConnection") ? connection : NOT_OURS);
    }

    /** A data source whose queries find nothing, but are explained. */
    private static DataSource explaining(Connection connection, StringBuilder plan) {
        Connection explaining = proxy(Connection.class, connection, (name, arguments) -> switch (name) {
            case "prepareStatement" -> statement(connection, (String) arguments[0], plan);
            case "close" -> "left open";
            default -> NOT_OURS;
        });
        return giving(explaining);
    }

    private static PreparedStatement statement(Connection connection, String sql, StringBuilder plan)
            throws SQLException {
        PreparedStatement explained = connection.prepareStatement("EXPLAIN (ANALYZE, TIMING OFF) " + sql);
        return proxy(PreparedStatement.class, explained, (name, _) -> {
            if (!name.equals("executeQuery")) {
                return NOT_OURS;
            }
            try (ResultSet rows = explained.executeQuery()) {
                while (rows.next()) {
                    plan.append(rows.getString(1)).append('\n');
                }
            }
            return connection.createStatement().executeQuery("SELECT 1 WHERE false");
        });
    }

    private static final Object NOT_OURS = new Object();

    private interface Call {
        Object of(String method, Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Object target, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type}, (_, method, arguments) -> {
            Object result = call.of(method.getName(), arguments);
            try {
                return result.equals(NOT_OURS) ? method.invoke(target, arguments) : result;
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        }));
    }
}

package io.ritsem.projections.query;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.query.Ordering.Step;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewQuery.Sort;

import static io.ritsem.projections.query.TestView.LONG;
import static org.assertj.core.api.Assertions.assertThat;

/** What PostgreSQL does for a query of 100,000 rows: it never reads more than the page and its ties. */
class ViewPlanTest {

    private static final int LIMIT = 50;
    private static final String HOT = "key-50500";
    private static TestView view;

    @BeforeAll static void fill() throws SQLException {
        view = new TestView();
        // In portions: a connection gives up after 5 seconds.
        for (int n = 0; n < 100_000; n += 10_000) {
            view.execute("insert into " + view.table()
                    + """
                       select 'key-' || n, jsonb_strip_nulls(jsonb_build_object(
                          'owner', case when n % 10 > 0 then 'owner-' || n % 5000 end,
                          'balance', case when n % 7 > 0
                              then ((n * 7919) % 100000 / 100.0 - 300)::numeric(10, 2)::text end,
                          'visits', n % 100, 'open', n % 3 = 0, 'kind', (array['GOLD', 'SILVER', 'BRONZE'])[1 + n % 3],
                          'seen', case when n % 2 > 0 then to_char(timestamp '2026-01-01' + n * interval '1 minute',
                              'YYYY-MM-DD"T"HH24:MI:SS"Z"') end,
                          'note', repeat('n', 200))), n, 0, 0, 0, timestamptz '2026-01-01Z' + n * interval '1 second'
                      from generate_series(1 + FROM, 10000 + FROM) n""".replace("FROM", Integer.toString(n)));
        }
        view.execute("analyze " + view.table());
        for (int n = 0; n < 100_000; n += 20_000) {
            view.execute(
                    """
                    insert into ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering, partition,
                        persistence_id, sequence_number, event_time)
                    select '%s', 1, n %% 2 = 0, 'key-' || n %% 1000, n, n, 0, 'account|a', n, now()
                      from generate_series(%d, %d) n"""
                            .formatted(TestView.NAME, n, n + 19_999));
        }
        view.execute(
                """
                insert into ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering, partition,
                    persistence_id, sequence_number, event_time)
                select '%s', 1, false, '%s', n, n, 0, 'account|a', n, timestamptz '2026-01-01Z' + n * interval '1 second'
                  from generate_series(1, 20000) n"""
                        .formatted(TestView.NAME, HOT));
        view.execute("analyze ritsem.dead_letter");
    }

    @AfterAll static void close() {
        view.close();
    }

    @Test void an_equality_filter_is_an_index_scan_that_ends_with_the_page() throws SQLException {
        ViewQuery query = query(List.of(new Filter("owner", Operator.EQ, List.of("owner-77"))), List.of(), null);
        readsAtMost(LIMIT + 1, "Index", view.plan(query, Step.WITH_VALUE));
    }

    @Test void a_range_in_its_own_order_is_an_index_scan_that_ends_with_the_page() throws SQLException {
        for (boolean descending : new boolean[]{false, true}) {
            ViewQuery query = query(List.of(new Filter("balance", Operator.GTE, List.of("10"))),
                    List.of(new Sort("balance", descending)), null);
            readsAtMost(LIMIT + 1, "Index Scan", view.plan(query, Step.WITH_VALUE));
        }
    }

    @Test void every_field_sorts_by_its_index_in_both_directions_with_and_without_values() throws SQLException {
        for (String field : view.served.columns().keySet()) {
            for (boolean descending : new boolean[]{false, true}) {
                ViewQuery query = query(List.of(), List.of(new Sort(field, descending)), null);
                readsAtMost(LIMIT + 1, "Index Scan", view.plan(query, Step.WITH_VALUE));
                if (view.served.columns().get(field).nullable()) {
                    readsAtMost(LIMIT + 1, "Index Scan", view.plan(query, Step.WITHOUT_VALUE));
                }
            }
        }
    }

    @Test void a_page_deep_down_costs_what_the_first_costs() throws SQLException {
        for (String field : view.served.columns().keySet()) {
            for (boolean descending : new boolean[]{false, true}) {
                List<Sort> sort = List.of(new Sort(field, descending));
                String cursor = cursorAt(sort, 20_000);
                readsAtMost(LIMIT + 1, "Index Scan", view.plan(query(List.of(), sort, cursor), Step.WITH_VALUE));
            }
        }
    }

    @Test void a_page_among_rows_without_a_value_costs_what_the_first_costs() throws SQLException {
        for (boolean descending : new boolean[]{false, true}) {
            List<Sort> sort = List.of(new Sort("balance", descending));
            String cursor = cursorAt(sort, 90_000);
            readsAtMost(LIMIT + 1, "Index Scan", view.plan(query(List.of(), sort, cursor), Step.WITHOUT_VALUE));
        }
    }

    @Test void an_order_by_two_fields_reads_the_page_and_the_ties_of_the_first() throws SQLException {
        List<Sort> sort = List.of(new Sort("owner", true), new Sort("balance", false));
        readsAtMost(LIMIT + 20 * 3, "Index Scan", view.plan(query(List.of(), sort, null), Step.WITH_VALUE));
        readsAtMost(LIMIT + 20 * 4, "Index Scan",
                view.plan(query(List.of(), sort, cursorAt(sort, 3_000)), Step.WITH_VALUE));
    }

    @Test void a_prefix_and_a_list_are_index_scans() throws SQLException {
        ViewQuery prefix = query(List.of(new Filter("owner", Operator.PREFIX, List.of("owner-123"))), List.of(), null);
        readsAtMost(250, "Index", view.plan(prefix, Step.WITH_VALUE));
        ViewQuery list = query(List.of(new Filter("owner", Operator.IN, List.of("owner-11", "owner-22"))), List.of(),
                null);
        readsAtMost(LIMIT + 1, "Index", view.plan(list, Step.WITH_VALUE));
    }

    @Test void what_waits_for_a_row_is_asked_of_the_index_for_the_rows_of_the_page_alone() throws SQLException {
        List<Sort> sort = List.of(new Sort("owner", true), new Sort("balance", false));
        String plan = String.join("\n", view.plan(query(List.of(), sort, null), Step.WITH_VALUE));
        assertThat(plan).containsPattern("Index Scan using dead_letter_pkey .*loops=" + (LIMIT + 1) + "\\)");
        Matcher removed = Pattern.compile("Rows Removed by Filter").matcher(plan.substring(plan.indexOf("SubPlan")));
        assertThat(removed.find()).as(plan).isFalse();
    }

    @Test void of_very_many_events_that_wait_for_a_row_only_the_first_are_read() throws SQLException {
        ViewQuery hot = query(List.of(new Filter("key", Operator.EQ, List.of(HOT))), List.of(), null);
        String plan = String.join("\n", view.plan(hot, Step.WITH_VALUE));
        assertThat(plan).containsPattern("Index Scan using dead_letter_pkey .*actual rows=1001[. ]")
                .doesNotContainPattern("actual rows=[0-9]{5,}");
        ViewRow.Behind behind = new ViewRow.Behind(1_001, Instant.parse("2026-01-01T00:00:01Z"));
        assertThat(Objects.requireNonNull(view.reader.row(TestView.NAME, HOT, LONG)).behind()).isEqualTo(behind);
        assertThat(view.reader.behind(TestView.NAME, HOT, LONG)).isEqualTo(behind);
    }

    @Test void of_very_many_events_without_a_row_only_the_first_are_counted_by_the_index() throws SQLException {
        assertThat(String.join("\n", view.plan(RowQueries.unplaced(view.served))))
                .containsPattern("Index (Only )?Scan using dead_letter_pkey .*actual rows=1001[. ]");
    }

    private static ViewQuery query(List<Filter> filters, List<Sort> sort, @Nullable String cursor) {
        return new ViewQuery(filters, sort, LIMIT, cursor, false);
    }

    /** The cursor behind so many rows. */
    private static String cursorAt(List<Sort> sort, int rows) {
        @Nullable String cursor = null;
        for (int read = 0; read < rows; read += ViewQuery.GREATEST_LIMIT) {
            cursor = view.reader.query(TestView.NAME,
                    new ViewQuery(List.of(), sort, ViewQuery.GREATEST_LIMIT, cursor, false), LONG).next();
        }
        return Objects.requireNonNull(cursor);
    }

    private static void readsAtMost(int rows, String scan, List<String> plan) {
        String text = String.join("\n", plan);
        assertThat(text).contains(scan).doesNotContain("Seq Scan");
        Matcher scanned = Pattern.compile("Scan.* on view_.*actual rows=([0-9]+)").matcher(text);
        assertThat(scanned.find()).as(text).isTrue();
        assertThat(Integer.parseInt(scanned.group(1))).as(text).isLessThanOrEqualTo(rows);
        Matcher removed = Pattern.compile("Rows Removed by [A-Za-z ]+: ([0-9]+)").matcher(text);
        while (removed.find()) {
            assertThat(Integer.parseInt(removed.group(1))).as(text).isLessThanOrEqualTo(rows);
        }
    }
}

package io.ritsem.projections.query;

import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.live.LiveQueryTooLargeException;
import io.ritsem.projections.live.LiveRow;
import io.ritsem.projections.live.LiveTable;
import io.ritsem.projections.query.TestView.Stored;
import io.ritsem.projections.query.ViewQuery.Filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a changed row is found by, in Java, against what the same query finds in the database. */
class LiveMatchTest {

    private static final int MANY = 1_000;

    @Test void a_row_matches_in_java_exactly_when_the_database_finds_it() throws Exception {
        Random random = new Random(20261122);
        Map<String, Stored> stored = RandomRows.of(random, 300);
        RandomFilters filters = new RandomFilters(random, List.copyOf(stored.values()));
        try (TestView view = new TestView()) {
            view.put(stored.values());
            Set<String> asked = new HashSet<>(stored.keySet());
            asked.add("no such key");
            try (Connection connection = view.database.dataSource().getConnection()) {
                Map<String, LiveRow<RowFilter, ViewRow>> rows = LiveRows.ofKeys(connection, view.served, asked)
                        .found();
                assertThat(rows.keySet()).isEqualTo(stored.keySet());
                int found = 0;
                for (int i = 0; i < 3_000; i++) {
                    RowFilter filter = filter(view, filters.next(i));
                    Set<String> inJava = keys(
                            rows.values().stream().filter(row -> row.matches(filter)).toList());
                    assertThat(inJava).as("%s", filter)
                            .isEqualTo(keys(LiveRows.matching(connection, view.served, filter, MANY, Long.MAX_VALUE)));
                    found += inJava.size();
                }
                assertThat(found).isGreaterThan(50_000);
            }
        }
    }

    @Test void only_queries_for_one_key_say_so() throws Exception {
        try (TestView view = new TestView()) {
            Filter key = new Filter("key", ViewQuery.Operator.EQ, List.of("a"));
            Filter owner = new Filter("owner", ViewQuery.Operator.EQ, List.of("a"));
            assertThat(filter(view, List.of(owner, key)).onlyKey()).isEqualTo("a");
            assertThat(filter(view, List.of(owner)).onlyKey()).isNull();
        }
    }

    @Test void refuses_more_rows_or_bytes_than_may_be() throws Exception {
        try (TestView view = new TestView(); Connection connection = view.database.dataSource().getConnection()) {
            view.put(RandomRows.of(new Random(1), 300).values());
            RowFilter all = new RowFilter(List.of());
            assertThat(LiveRows.matching(connection, view.served, all, 300, Long.MAX_VALUE))
                    .hasSize(300);
            assertThatThrownBy(() -> LiveRows.matching(connection, view.served, all, 299, Long.MAX_VALUE))
                    .isInstanceOf(LiveQueryTooLargeException.class);
            assertThatThrownBy(
                    () -> LiveRows.matching(connection, view.served, all, 300, 10_000))
                    .isInstanceOf(LiveQueryTooLargeException.class);
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Test void large_rows_are_read_some_at_a_time_until_all_keys_are_known() throws Exception {
        int mebibytes = 30;
        List<Stored> stored = IntStream.range(0, mebibytes)
                .mapToObj(i -> new Stored("key-" + i, new TestView.Row(null, null, (long) i, null, null, null,
                        "x".repeat(1 << 20)), null, Instant.EPOCH))
                .toList();
        try (TestView view = new TestView(); Connection connection = view.database.dataSource().getConnection()) {
            view.put(stored);
            Set<String> left = new HashSet<>(Set.of("no such key"));
            stored.forEach(row -> left.add(row.key()));
            LiveTable.Rows<RowFilter, ViewRow> rows = LiveRows.ofKeys(connection, view.served, left);
            assertThat(rows.all()).isFalse();
            List<String> found = new ArrayList<>(rows.found().keySet());
            while (!rows.all()) {
                assertThat(rows.found()).hasSizeBetween(1, 8);
                left.removeAll(rows.found().keySet());
                rows = LiveRows.ofKeys(connection, view.served, left);
                found.addAll(rows.found().keySet());
            }
            assertThat(found).hasSize(mebibytes).doesNotHaveDuplicates();
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    private static RowFilter filter(TestView view, List<Filter> filters) {
        QueryCheck check = new QueryCheck(view.served.columns(), view.served.table().definition(),
                new ViewQuery(filters, List.of(), 1, null, false));
        RowFilter filter = new RowFilter(check.check().conditions());
        assertThat(check.errors()).isEmpty();
        return filter;
    }

    private static Set<String> keys(List<LiveRow<RowFilter, ViewRow>> rows) {
        return rows.stream().map(LiveRow::key).collect(Collectors.toCollection(TreeSet::new));
    }
}

package io.ritsem.projections.query;

import java.sql.Connection;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.query.TestView.Row;
import io.ritsem.projections.query.TestView.Stored;

import static org.assertj.core.api.Assertions.assertThat;

/** What one query brings for many readers. */
class RowQueriesTest {

    private static final int LONG_TEXT = 1_000_000;

    @Test void rows_that_are_large_together_are_left_for_the_next_query_but_for_those_that_begin_within_8_MiB()
            throws Exception {
        try (TestView view = new TestView()) {
            view.put(Stream.of("large-1", "large-2", "large-3", "large-4", "large-5")
                    .map(key -> stored(key, LONG_TEXT))
                    .toList());
            view.put(Stream.of("small-1", "small-2").map(key -> stored(key, 1)).toList());

            SharedReads.Found large = found(view,
                    Set.of("large-1", "large-2", "large-3", "large-4", "large-5", "none"));
            assertThat(large.rows()).hasSize(3);
            assertThat(large.leftOut()).hasSize(2).doesNotContainAnyElementsOf(large.rows().keySet());
            assertThat(large.rows().values()).allMatch(row -> row.row().length > 3 * LONG_TEXT);

            SharedReads.Found small = found(view, Set.of("small-1", "small-2", "large-1", "none"));
            assertThat(small.rows()).containsOnlyKeys("small-1", "small-2", "large-1");
            assertThat(small.leftOut()).isEmpty();
        }
    }

    private static Stored stored(String key, int length) {
        return new Stored(key, new Row(null, null, null, null, null, null, "€".repeat(length)), 1L, Instant.EPOCH);
    }

    private static SharedReads.Found found(TestView view, Set<String> keys) throws Exception {
        try (Connection connection = view.database.dataSource().getConnection()) {
            return RowQueries.rows(connection, view.served, keys, Deadline.in(TestView.LONG));
        }
    }
}

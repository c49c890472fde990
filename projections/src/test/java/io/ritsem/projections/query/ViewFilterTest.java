package io.ritsem.projections.query;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.query.TestView.Stored;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewQuery.Sort;

import static io.ritsem.projections.query.TestView.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Asks for rows by all operators, against filters computed in memory. */
class ViewFilterTest {

    private static final Random RANDOM = new Random(20261121);
    private static final Map<String, Stored> STORED = RandomRows.of(RANDOM, 200);
    private static final List<Stored> ROWS = List.copyOf(STORED.values());
    private static final RandomFilters FILTERS = new RandomFilters(RANDOM, ROWS);
    private static TestView view;

    @BeforeAll static void fill() throws SQLException {
        view = new TestView();
        view.put(ROWS);
    }

    @AfterAll static void close() {
        view.close();
    }

    @Test void every_operator_finds_what_the_same_filter_finds_in_memory() {
        int found = 0;
        for (int i = 0; i < 2_000; i++) {
            List<Filter> filters = FILTERS.next(i);
            Set<String> expected = ROWS.stream()
                    .filter(row -> filters.stream().allMatch(each -> holds(each, row)))
                    .map(Stored::key)
                    .collect(Collectors.toCollection(TreeSet::new));
            ViewPage page = view.reader.query(TestView.NAME, new ViewQuery(filters, List.of(), 1000, null, true), LONG);
            assertThat(page.rows().stream().map(ViewRow::key)).as("%s", filters)
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(page.count()).isEqualTo(expected.size());
            found += expected.size();
        }
        assertThat(found).isGreaterThan(20_000);
    }

    @Test void pages_of_a_filtered_query_add_up_to_it() {
        List<Filter> filters = List.of(new Filter("balance", Operator.GTE, List.of("-5")));
        List<Sort> sort = List.of(new Sort("balance", true), new Sort("owner", false));
        ViewPage whole = view.reader.query(TestView.NAME, new ViewQuery(filters, sort, 1000, null, true), LONG);
        List<String> keys = new ArrayList<>();
        @Nullable String cursor = null;
        do {
            ViewPage page = view.reader.query(TestView.NAME, new ViewQuery(filters, sort, 7, cursor, true), LONG);
            page.rows().forEach(row -> keys.add(row.key()));
            assertThat(page.count()).isEqualTo(whole.count());
            cursor = page.next();
        } while (cursor != null);
        assertThat(keys).isEqualTo(whole.rows().stream().map(ViewRow::key).toList()).hasSizeGreaterThan(20);
    }

    @Test void a_row_is_found_by_its_key_and_not_by_another() {
        Stored any = ROWS.getFirst();
        assertThat(view.reader.row(TestView.NAME, any.key(), LONG)).isNotNull()
                .extracting(ViewRow::updatedAt)
                .isEqualTo(any.updatedAt());
        assertThat(view.reader.row(TestView.NAME, "no such key", LONG)).isNull();
        assertThat(view.reader.row(TestView.NAME, "\0", LONG)).isNull();
    }

    @Test void tells_everything_that_is_wrong_with_a_query() {
        ViewQuery query = new ViewQuery(List.of(new Filter("ownr", Operator.EQ, List.of("alice")),
                new Filter("note", Operator.EQ, List.of("declared by nobody")),
                new Filter("balance", Operator.GTE, List.of("1e3")),
                new Filter("balance", Operator.LT, List.of("1".repeat(39))),
                new Filter("visits", Operator.IN, List.of("1", "9223372036854775808", "x")),
                new Filter("open", Operator.GT, List.of("true")), new Filter("open", Operator.EQ, List.of("yes")),
                new Filter("seen", Operator.EQ, List.of("yesterday")),
                new Filter("updatedAt", Operator.LT, List.of("2026-01-01T00:00:00.123456789Z")),
                new Filter("kind", Operator.EQ, List.of("TIN")), new Filter("owner", Operator.EQ, List.of("\0")),
                new Filter("balance", Operator.PREFIX, List.of("1")),
                new Filter("owner", Operator.EXISTS, List.of("1"))),
                List.of(new Sort("owner", true), new Sort("owner", false), new Sort("note", false)), 1001, "?", false);
        InvalidQueryException invalid = catchThrowableOfType(InvalidQueryException.class,
                () -> view.reader.query(TestView.NAME, query, LONG));
        assertThat(invalid.errors()).extracting(error -> error.parameter() + ' ' + error.code())
                .containsExactly(
                        "ownr unknown", "note unknown", "balance.gte wrong-type", "balance.lt out-of-range",
                        "visits.in out-of-range", "visits.in wrong-type", "open.gt invalid", "open wrong-type",
                        "seen wrong-type", "updatedAt.lt out-of-range", "kind invalid", "owner invalid",
                        "balance.prefix invalid", "owner.exists wrong-type", "sort invalid", "sort unknown",
                        "limit out-of-range");
        assertThat(invalid.errors().getFirst().message())
                .contains("'ownr'", "key, updatedAt, owner, balance, visits, open, seen, kind");
        assertThat(invalid.errors().get(1).message()).contains("'note'", "not indexed", "indexedBy(\"note\")");
        assertThat(view.reader.check(TestView.NAME, query)).isEqualTo(invalid.errors());
    }

    @Test void a_cursor_of_another_query_or_a_damaged_one_is_refused() {
        ViewQuery byOwner = new ViewQuery(List.of(), List.of(new Sort("owner", false)), 10, null, false);
        String cursor = view.reader.query(TestView.NAME, byOwner, LONG).next();
        assertThat(cursor).matches("[A-Za-z0-9_-]+");
        List<ViewQuery> wrong = new ArrayList<>();
        wrong.add(new ViewQuery(List.of(), List.of(new Sort("owner", true)), 10, cursor, false));
        wrong.add(new ViewQuery(List.of(new Filter("open", Operator.EQ, List.of("true"))), byOwner.sort(), 10, cursor,
                false));
        for (String damaged : List.of("", "x", "!", cursor + "A", cursor.substring(1), cursor.substring(0, 10))) {
            wrong.add(new ViewQuery(List.of(), byOwner.sort(), 10, damaged, false));
        }
        for (ViewQuery query : wrong) {
            assertThat(view.reader.check(TestView.NAME, query)).extracting(QueryError::parameter)
                    .containsExactly("cursor");
        }
        assertThat(view.reader.check(TestView.NAME, new ViewQuery(List.of(), byOwner.sort(), 99, cursor, true)))
                .isEmpty();
    }

    @Test void a_forged_cursor_is_refused_as_well() {
        ViewQuery query = new ViewQuery(List.of(), List.of(new Sort("balance", false), new Sort("updatedAt", false)),
                10,
                null, false);
        String signature = new QueryCheck(view.served.columns(), view.served.table().definition(), query).check()
                .signature();
        String time = "2026-01-01T00:00:00Z";
        assertThat(errors(query, List.of("1.5", time, "a"), signature)).isEmpty();
        for (List<String> values : List.of(List.of("1.5", time), List.of("1e5", time, "a"), List.of("1.5", "now", "a"),
                List.of("1.5", time, "\0"), List.of("1.5", time, "a", "b"))) {
            assertThat(errors(query, values, signature)).extracting(QueryError::parameter).containsExactly("cursor");
        }
        assertThat(errors(query, Arrays.asList("1.5", time, null), signature)).isNotEmpty();
        assertThat(errors(query, Arrays.asList("1.5", null, "a"), signature)).isNotEmpty();
        assertThat(errors(query, Arrays.asList(null, time, "a"), signature)).isEmpty();
    }

    private static List<QueryError> errors(ViewQuery query, List<String> cursor, String signature) {
        return view.reader.check(TestView.NAME,
                new ViewQuery(query.filters(), query.sort(), 10, new Cursor(cursor).encode(signature), false));
    }

    private static boolean holds(Filter filter, Stored row) {
        @Nullable Object value = RandomFilters.value(filter.field(), row);
        return switch (filter.operator()) {
            case EXISTS -> (value != null) == Boolean.parseBoolean(filter.values().getFirst());
            case NE -> value == null || compare(value, filter.values().getFirst()) != 0;
            case EQ -> value != null && compare(value, filter.values().getFirst()) == 0;
            case GT -> value != null && compare(value, filter.values().getFirst()) > 0;
            case GTE -> value != null && compare(value, filter.values().getFirst()) >= 0;
            case LT -> value != null && compare(value, filter.values().getFirst()) < 0;
            case LTE -> value != null && compare(value, filter.values().getFirst()) <= 0;
            case IN -> value != null && filter.values().stream().anyMatch(each -> compare(value, each) == 0);
            case PREFIX -> value instanceof String text && text.startsWith(filter.values().getFirst());
        };
    }

    private static int compare(Object value, String other) {
        return switch (value) {
            case String text -> RandomRows.compareCodePoints(text, other);
            case BigDecimal decimal -> decimal.compareTo(new BigDecimal(other));
            case Long number -> number.compareTo(Long.valueOf(other));
            case Boolean bool -> bool.compareTo(Boolean.valueOf(other));
            case Instant time -> time.compareTo(Instant.parse(other));
            default -> value.toString().compareTo(other);
        };
    }
}

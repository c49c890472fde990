package io.ritsem.projections.query;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.query.TestView.Kind;
import io.ritsem.projections.query.TestView.Row;
import io.ritsem.projections.query.TestView.Stored;
import io.ritsem.projections.query.ViewQuery.Sort;
import io.ritsem.runtime.json.JsonType;

import static io.ritsem.projections.query.TestView.LONG;
import static org.assertj.core.api.Assertions.assertThat;

/** Walks rows of all sorts by all sorts, against an order computed in memory. */
class ViewPagingTest {

    private static final long SEED = 20261121;
    private static final int ROWS = 120;
    private static final List<String> SORTABLE = List.of("key", "updatedAt", "owner", "balance", "visits", "open",
            "seen", "kind");

    private static final Random RANDOM = new Random(SEED);
    private static final Map<String, Stored> STORED = new HashMap<>();
    private static TestView view;

    @BeforeAll static void fill() throws SQLException {
        view = new TestView();
        STORED.putAll(RandomRows.of(RANDOM, ROWS));
        view.put(STORED.values());
    }

    @AfterAll static void close() {
        view.close();
    }

    @Test void every_order_by_one_field_gives_every_row_once_and_in_order() {
        for (String field : SORTABLE) {
            for (int limit : new int[]{1, 7, ROWS - 1, ROWS, ROWS + 1}) {
                walksInOrder(List.of(new Sort(field, false)), limit);
                walksInOrder(List.of(new Sort(field, true)), limit);
            }
        }
        walksInOrder(List.of(), 13);
    }

    @Test void every_order_by_two_fields_gives_every_row_once_and_in_order() {
        for (String first : SORTABLE) {
            for (String second : SORTABLE) {
                // Half of the directions, so that every field leads and follows both ways.
                boolean descending = (SORTABLE.indexOf(first) + SORTABLE.indexOf(second)) % 2 == 0;
                for (boolean turned : new boolean[]{false, true}) {
                    if (!first.equals(second)) {
                        walksInOrder(List.of(new Sort(first, descending), new Sort(second, descending ^ turned)),
                                severalPages());
                    }
                }
            }
        }
    }

    @Test void orders_by_many_fields_give_every_row_once_and_in_order() {
        for (int i = 0; i < 40; i++) {
            List<Sort> sort = new ArrayList<>();
            List<String> fields = new ArrayList<>(SORTABLE);
            Collections.shuffle(fields, RANDOM);
            for (String field : fields.subList(0, 3 + RANDOM.nextInt(5))) {
                sort.add(new Sort(field, RANDOM.nextBoolean()));
            }
            walksInOrder(sort, severalPages());
        }
    }

    @Test void rows_that_do_not_change_come_once_and_in_order_while_others_change() throws SQLException {
        List<String> keys = STORED.keySet().stream().sorted().toList();
        List<String> busy = keys.subList(0, ROWS / 3);
        try (TestView changing = new TestView()) {
            changing.put(STORED.values());
            for (int i = 0; i < 2 * SORTABLE.size(); i++) {
                List<Sort> sort = List.of(new Sort(SORTABLE.get(i / 2), i % 2 == 0));
                List<String> seen = new ArrayList<>();
                @Nullable String cursor = null;
                do {
                    ViewPage page = changing.reader.query(TestView.NAME,
                            new ViewQuery(List.of(), sort, 12, cursor, false), LONG);
                    page.rows().forEach(row -> seen.add(row.key()));
                    cursor = page.next();
                    change(changing, busy);
                } while (cursor != null);
                seen.removeIf(key -> !STORED.containsKey(key) || busy.contains(key));
                List<String> steady = expected(sort);
                steady.removeAll(busy);
                assertThat(seen).as("%s", sort).isEqualTo(steady);
            }
        }
    }

    @Test void a_page_of_large_rows_ends_before_its_limit_and_the_next_goes_on_there() throws SQLException {
        try (TestView large = new TestView()) {
            for (int i = 0; i < 9; i++) {
                Row row = new Row(null, i < 3 ? BigDecimal.valueOf(i) : null, null, null, null, null,
                        "€".repeat(1 << 20));
                large.put(List.of(new Stored("key-" + i, row, null, Instant.EPOCH)));
            }
            // Of 9 MiB each. The first ends with the rows that have a balance, the last with all.
            assertThat(pages(large, List.of(new Sort("balance", false)), 1000)).containsExactly(
                    List.of("key-0", "key-1", "key-2"), List.of("key-3", "key-4", "key-5"),
                    List.of("key-6", "key-7", "key-8"));
            assertThat(pages(large, List.of(new Sort("balance", true), new Sort("key", true)), 2)).containsExactly(
                    List.of("key-2", "key-1"), List.of("key-0", "key-8"), List.of("key-7", "key-6"),
                    List.of("key-5", "key-4"), List.of("key-3"));
        }
    }

    private static List<List<String>> pages(TestView from, List<Sort> sort, int limit) {
        List<List<String>> pages = new ArrayList<>();
        @Nullable String cursor = null;
        do {
            ViewPage page = from.reader.query(TestView.NAME, new ViewQuery(List.of(), sort, limit, cursor, false),
                    LONG);
            pages.add(page.rows().stream().map(ViewRow::key).toList());
            cursor = page.next();
        } while (cursor != null);
        return pages;
    }

    private static void change(TestView changing, List<String> busy) throws SQLException {
        List<Stored> changed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            changed.add(RandomRows.row(RANDOM, busy.get(RANDOM.nextInt(busy.size()))));
        }
        changed.add(RandomRows.row(RANDOM, "new" + RandomRows.key(RANDOM)));
        changing.remove(changed.getFirst().key());
        Map<String, Stored> once = new HashMap<>();
        changed.subList(1, changed.size()).forEach(row -> once.put(row.key(), row));
        changing.put(once.values());
    }

    private static int severalPages() {
        return 5 + RANDOM.nextInt(20);
    }

    private static void walksInOrder(List<Sort> sort, int limit) {
        List<String> seen = new ArrayList<>();
        @Nullable String cursor = null;
        do {
            ViewPage page = view.reader.query(TestView.NAME, new ViewQuery(List.of(), sort, limit, cursor, false),
                    LONG);
            assertThat(page.rows()).hasSizeLessThanOrEqualTo(limit);
            for (ViewRow row : page.rows()) {
                Stored stored = STORED.get(row.key());
                assertThat(row.row()).isEqualTo(JsonType.of(Row.class).encode(stored.row()));
                assertThat(row.version()).isEqualTo(stored.version());
                assertThat(row.updatedAt()).isEqualTo(stored.updatedAt());
                seen.add(row.key());
            }
            cursor = page.next();
            assertThat(cursor != null).isEqualTo(seen.size() < ROWS);
        } while (cursor != null);
        assertThat(seen).as("%s by %d", sort, limit).isEqualTo(expected(sort));
    }

    private static List<String> expected(List<Sort> sort) {
        Comparator<Stored> order = (_, _) -> 0;
        for (Sort by : sort) {
            order = order.thenComparing(comparing(by));
        }
        boolean descending = !sort.isEmpty() && sort.getLast().descending();
        order = order.thenComparing(comparing(new Sort("key", descending)));
        return new ArrayList<>(STORED.values().stream().sorted(order).map(Stored::key).toList());
    }

    private static Comparator<Stored> comparing(Sort sort) {
        return switch (sort.field()) {
            case "key" -> comparing(sort, Stored::key, RandomRows::compareCodePoints);
            case "updatedAt" -> natural(sort, Stored::updatedAt);
            case "owner" -> comparing(sort, row -> RandomRows.start(row.row().owner()), RandomRows::compareCodePoints);
            case "balance" -> natural(sort, row -> row.row().balance());
            case "visits" -> natural(sort, row -> row.row().visits());
            case "open" -> natural(sort, row -> row.row().open());
            case "seen" -> natural(sort, row -> row.row().seen());
            case "kind" -> comparing(sort, row -> row.row().kind(), Comparator.comparing(Kind::name));
            default -> throw new IllegalArgumentException(sort.field());
        };
    }

    private static <T extends Comparable<T>> Comparator<Stored> natural(Sort sort,
            Function<Stored, @Nullable T> field) {
        return comparing(sort, field, Comparator.naturalOrder());
    }

    private static <T> Comparator<Stored> comparing(Sort sort, Function<Stored, @Nullable T> field,
            Comparator<T> order) {
        return Comparator.comparing(field, Comparator.nullsLast(sort.descending() ? order.reversed() : order));
    }
}

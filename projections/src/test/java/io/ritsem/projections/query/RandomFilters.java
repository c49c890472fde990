package io.ritsem.projections.query;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.query.TestView.Stored;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;

/** Filters on all fields of the test view, with values that some rows have. */
final class RandomFilters {

    private static final Map<String, ValueType> FIELDS = new TreeMap<>(
            Map.of("key", new ValueType.Text(), "updatedAt",
                    new ValueType.Timestamp(), "owner", new ValueType.Text(), "balance", new ValueType.Decimal(),
                    "visits", new ValueType.Whole(Long.MIN_VALUE, Long.MAX_VALUE), "open", new ValueType.Bool(), "seen",
                    new ValueType.Moment(), "kind", new ValueType.Choice(List.of())));
    private static final List<String> NAMES = List.copyOf(FIELDS.keySet());

    private final Random random;
    private final List<Stored> rows;

    RandomFilters(Random random, List<Stored> rows) {
        this.random = random;
        this.rows = rows;
    }

    /** One or two; each field has its turn. */
    List<Filter> next(int turn) {
        Filter filter = filter(NAMES.get(turn % NAMES.size()));
        return turn % 3 == 0 ? List.of(filter, filter(NAMES.get(random.nextInt(NAMES.size())))) : List.of(filter);
    }

    private Filter filter(String field) {
        List<Operator> operators = List.copyOf(FIELDS.get(field).operators());
        Operator operator = operators.get(random.nextInt(operators.size()));
        return new Filter(field, operator, switch (operator) {
            case EXISTS -> List.of(Boolean.toString(random.nextBoolean()));
            case IN -> List.of(text(field), text(field), text(field));
            case PREFIX -> List.of(prefix(text(field)));
            case EQ, NE, GT, GTE, LT, LTE -> List.of(text(field));
        });
    }

    private String prefix(String text) {
        int length = random.nextInt(text.codePointCount(0, text.length()) + 1);
        return text.substring(0, text.offsetByCodePoints(0, length));
    }

    private String text(String field) {
        Object value;
        do {
            value = value(field, rows.get(random.nextInt(rows.size())));
        } while (value == null);
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    static @Nullable Object value(String field, Stored row) {
        return switch (field) {
            case "key" -> row.key();
            case "updatedAt" -> row.updatedAt();
            case "owner" -> row.row().owner();
            case "balance" -> row.row().balance();
            case "visits" -> row.row().visits();
            case "open" -> row.row().open();
            case "seen" -> row.row().seen();
            case "kind" -> row.row().kind();
            default -> throw new IllegalArgumentException(field);
        };
    }
}

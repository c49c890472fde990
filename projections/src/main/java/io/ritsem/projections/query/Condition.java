package io.ritsem.projections.query;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.query.ViewQuery.Operator;

/**
 * A filter whose field and values are known to be right, as SQL, and in Java for a row that has just changed: both find
 * the same rows. In SQL the index narrows it down by the start of a text, the whole text decides. Immutable.
 *
 * @param values typed by the column; for {@code EXISTS} a boolean
 */
record Condition(Column column, Operator operator, List<Object> values) {

    void write(Sql sql) {
        switch (operator) {
            case EQ -> compare(sql, "=", "=");
            case GT -> compare(sql, ">=", ">");
            case GTE -> compare(sql, ">=", ">=");
            case LT -> compare(sql, "<=", "<");
            case LTE -> compare(sql, "<=", "<=");
            case NE -> sql.add(column.value() + " is distinct from ?", values.getFirst());
            case EXISTS -> sql.add(column.indexed() + ((boolean) values.getFirst() ? " is not null" : " is null"));
            case IN -> in(sql);
            case PREFIX -> prefix(sql, (String) values.getFirst());
        }
    }

    /**
     * Whether it holds for a row.
     *
     * @param value what the row has in the column, as the column's type gives it; null if it has none
     */
    boolean holds(@Nullable Object value) {
        return switch (operator) {
            case EXISTS -> (boolean) values.getFirst() == (value != null);
            case NE -> value == null || compare(value, values.getFirst()) != 0;
            case EQ -> value != null && compare(value, values.getFirst()) == 0;
            case GT -> value != null && compare(value, values.getFirst()) > 0;
            case GTE -> value != null && compare(value, values.getFirst()) >= 0;
            case LT -> value != null && compare(value, values.getFirst()) < 0;
            case LTE -> value != null && compare(value, values.getFirst()) <= 0;
            case IN -> value != null && values.stream().anyMatch(each -> compare(value, each) == 0);
            case PREFIX -> value instanceof String text && text.startsWith((String) values.getFirst());
        };
    }

    private static int compare(Object value, Object other) {
        return switch (value) {
            case String text -> compareByCodePoint(text, (String) other);
            case BigDecimal decimal -> decimal.compareTo((BigDecimal) other);
            case Long number -> number.compareTo((Long) other);
            case Boolean bool -> bool.compareTo((Boolean) other);
            case OffsetDateTime time -> time.toInstant().compareTo(((OffsetDateTime) other).toInstant());
            default -> throw new IllegalArgumentException("No column has values of " + value.getClass());
        };
    }

    /** As collation C of UTF-8: surrogates, of which characters beyond 16 bits consist, come after all others. */
    private static int compareByCodePoint(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                boolean sameKind = Character.isSurrogate(a) == Character.isSurrogate(b);
                return sameKind ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    private void compare(Sql sql, String ofStart, String ofAll) {
        Object value = values.getFirst();
        if (column.cut()) {
            sql.add(column.indexed() + ' ' + ofStart + " ? and ", column.indexed(value));
        }
        sql.add(column.value() + ' ' + ofAll + " ?", value);
    }

    private void in(Sql sql) {
        if (column.cut()) {
            sql.add(column.indexed() + " = any(");
            sql.addArray(column.type().sqlType(), values.stream().map(column::indexed).toList()).add(") and ");
        }
        sql.add(column.value() + " = any(").addArray(column.type().sqlType(), values).add(")");
    }

    private void prefix(Sql sql, String prefix) {
        String start = (String) column.indexed((Object) prefix);
        if (start.length() < prefix.length()) {
            sql.add(column.indexed() + " = ? and ", start);
        } else {
            sql.add(column.indexed() + " >= ? and ", start);
            String beyond = successor(start);
            if (!beyond.isEmpty()) {
                sql.add(column.indexed() + " < ? and ", beyond);
            }
        }
        sql.add("starts_with(" + column.value() + ", ?)", prefix);
    }

    /** The least text that is greater than every text of this prefix; empty if there is none. */
    static String successor(String prefix) {
        int[] points = prefix.codePoints().toArray();
        for (int last = points.length - 1; last >= 0; last--) {
            if (points[last] < Character.MAX_CODE_POINT) {
                int next = points[last] + 1;
                points[last] = next == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : next;
                return new String(points, 0, last + 1);
            }
        }
        return "";
    }
}

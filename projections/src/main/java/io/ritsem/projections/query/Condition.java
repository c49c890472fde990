package io.ritsem.projections.query;

import java.util.List;

import io.ritsem.projections.query.ViewQuery.Operator;

/**
 * A filter whose field and values are known to be right, as SQL. The index narrows it down by the start of a text, the
 * whole text decides. Immutable.
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

package io.ritsem.projections.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The total order of a query's rows, and "after this row" in it, as SQL. Immutable.
 *
 * <p>
 * Nulls come last in either direction, but one index has them at one end only. So a page is read in up to two steps:
 * the rows with a value in the leading field, which an index gives in either direction, then those without. Within a step
 * "after" is a comparison of rows where the index can take it as its starting point, else the expansion into
 * {@code or}, bounded by the leading field. (https://use-the-index-luke.com/no-offset)
 *
 * @param terms in order of weight; the last is the key, and no other is
 */
record Ordering(List<Term> terms) {

    /** One field of the order. */
    record Term(Column column, boolean descending) {

        String after() {
            return descending ? " < ?" : " > ?";
        }
    }

    /** A step of reading a page, by the leading field. */
    enum Step {
        WITH_VALUE, WITHOUT_VALUE
    }

    private Term leading() {
        return terms.getFirst();
    }

    /** The steps that are left after a row; all of them if there is none. */
    List<Step> steps(@Nullable List<@Nullable Object> after) {
        if (!leading().column().nullable()) {
            return List.of(Step.WITH_VALUE);
        }
        return after != null && after.getFirst() == null
                ? List.of(Step.WITHOUT_VALUE)
                : List.of(Step.WITH_VALUE, Step.WITHOUT_VALUE);
    }

    /** The condition of a step: its rows, and of them those after the row where the page before ended. */
    void writeCondition(Sql sql, Step step, @Nullable List<@Nullable Object> after) {
        switch (step) {
            case WITH_VALUE -> {
                sql.add(leading().column().nullable() ? leading().column().indexed() + " is not null" : "true");
                if (after != null) {
                    sql.add(" and ");
                    writeAfterValue(sql, after);
                }
            }
            case WITHOUT_VALUE -> {
                sql.add(leading().column().indexed() + " is null");
                if (after != null && after.getFirst() == null) {
                    sql.add(" and ");
                    writeAfter(sql, 1, after);
                }
            }
        }
    }

    private void writeAfterValue(Sql sql, List<@Nullable Object> after) {
        Object first = Objects.requireNonNull(after.getFirst());
        if (terms.size() == 1) {
            sql.add(leading().column().indexed() + leading().after(), first);
        } else if (terms.size() == 2 && terms.getLast().descending() == leading().descending()) {
            Object key = Objects.requireNonNull(after.getLast());
            sql.add("(" + leading().column().indexed() + ", key) " + (leading().descending() ? '<' : '>') + " (?, ?)",
                    first, key);
        } else {
            sql.add(leading().column().indexed() + (leading().descending() ? " <= ?" : " >= ?") + " and ", first);
            writeAfter(sql, 0, after);
        }
    }

    private void writeAfter(Sql sql, int from, List<@Nullable Object> after) {
        Column column = terms.get(from).column();
        @Nullable Object value = after.get(from);
        if (from == terms.size() - 1) {
            sql.add(column.indexed() + terms.get(from).after(), Objects.requireNonNull(value));
        } else if (value == null) {
            sql.add("(" + column.indexed() + " is null and ");
            writeAfter(sql, from + 1, after);
            sql.add(")");
        } else {
            sql.add("(" + column.indexed() + terms.get(from).after(), value);
            sql.add(column.nullable() ? " or " + column.indexed() + " is null" : "");
            sql.add(" or " + column.indexed() + " = ? and ", value);
            writeAfter(sql, from + 1, after);
            sql.add(")");
        }
    }

    /** The {@code order by} of a step. */
    String orderBy() {
        List<String> parts = new ArrayList<>();
        for (Term term : terms) {
            // In a step the leading field is either null everywhere or nowhere, so it goes the way of its index.
            String nulls = term.equals(leading()) || !term.column().nullable() ? "" : " nulls last";
            parts.add(term.column().indexed() + (term.descending() ? " desc" : " asc") + nulls);
        }
        return String.join(", ", parts);
    }
}

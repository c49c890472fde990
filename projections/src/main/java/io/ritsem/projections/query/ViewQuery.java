package io.ritsem.projections.query;

import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.json.Shape;

/**
 * What rows are wanted, as it was asked for; {@link ViewReader#query} checks it.
 *
 * @param filters all of them must hold
 * @param sort in order of weight; the key breaks ties, in the direction of the last field; rows without a value come last
 *     in either direction
 * @param limit how many rows at most, 1 to {@link #GREATEST_LIMIT}; of large rows a page has fewer, some 8 MiB
 * @param cursor where the page before ended, as it said, or null
 * @param count whether to count all rows that match, too
 */
public record ViewQuery(List<Filter> filters, List<Sort> sort, int limit, @Nullable String cursor, boolean count) {

    /** How many rows a page has when nobody says how many. */
    public static final int USUAL_LIMIT = 50;
    /** How many rows a page has at most. */
    public static final int GREATEST_LIMIT = 1000;

    /** Copies its lists. */
    public ViewQuery {
        filters = List.copyOf(filters);
        sort = List.copyOf(sort);
    }

    /**
     * The operators of a filter. A row without a value is only found by {@code NE} and by {@code EXISTS} with
     * {@code false}.
     */
    public enum Operator {
        EQ, NE, GT, GTE, LT, LTE, IN, PREFIX, EXISTS;

        /**
         * The operators that a field takes.
         *
         * @throws IllegalArgumentException if there is no order on such a field
         */
        public static Set<Operator> takenBy(Shape field) {
            return ValueType.of(field).operators();
        }

        /** As it is written in a query: {@code gte}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param field {@code key}, or one that the view is indexed by: a field of the row, or {@code updatedAt}
     * @param values one value, or several for {@code IN}; as text, typed by the field
     */
    public record Filter(String field, Operator operator, List<String> values) {

        /** Copies its list. */
        public Filter {
            values = List.copyOf(values);
        }

        /** As it is written in a query: {@code balance.gte}, or {@code owner} for equality. */
        public String parameter() {
            return operator == Operator.EQ ? field : field + '.' + operator.text();
        }
    }

    /** A field to sort by. */
    public record Sort(String field, boolean descending) {}
}

package io.ritsem.projections.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What rows are wanted, as it was asked for; {@link ViewReader#query} checks it.
 *
 * @param filters all of them must hold
 * @param sort in order of weight; the key breaks ties; nulls last
 * @param limit how many rows at most, 1 to 1000
 * @param cursor where the page before ended, as it said, or null
 * @param count whether to count all rows that match, too
 */
public record ViewQuery(List<Filter> filters, List<Sort> sort, int limit, @Nullable String cursor, boolean count) {

    /** The operators of a filter. */
    public enum Operator {
        EQ, NE, GT, GTE, LT, LTE, IN, PREFIX, EXISTS
    }

    /**
     * @param field a declared field of the row, {@code key} or {@code updatedAt}
     * @param values one value, or several for {@code IN}; as text, typed by the field
     */
    public record Filter(String field, Operator operator, List<String> values) {
    }

    /** A field to sort by. */
    public record Sort(String field, boolean descending) {
    }
}

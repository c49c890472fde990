package io.ritsem.projections.query;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.query.Ordering.Term;
import io.ritsem.projections.query.ValueType.BadValueException;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewQuery.Sort;
import io.ritsem.projections.store.IndexedField;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/**
 * One look at a query as a client sent it: every mistake is gathered, and what is left can be run. Confined to its call.
 */
final class QueryCheck {

    /** How many filters a query may have, and how many fields its order. */
    static final int MOST_FILTERS = 50;
    static final int MOST_SORTS = 8;

    /** A query without a mistake. */
    record Checked(List<Condition> conditions, Ordering ordering, @Nullable List<@Nullable Object> after,
            String signature) {}

    private final Map<String, Column> columns;
    private final ViewDefinition<?> view;
    private final ViewQuery query;
    private final List<QueryError> errors = new ArrayList<>();

    /** @param columns what the view can be asked by */
    QueryCheck(Map<String, Column> columns, ViewDefinition<?> view, ViewQuery query) {
        this.columns = columns;
        this.view = view;
        this.query = query;
    }

    /** What is wrong with it. */
    List<QueryError> errors() {
        return errors;
    }

    /** Looks at it; what it returns may only be run if there are no {@link #errors}. */
    Checked check() {
        List<Condition> conditions = conditions();
        Ordering ordering = ordering();
        if (query.limit() < 1 || query.limit() > ViewQuery.GREATEST_LIMIT) {
            errors.add(new QueryError("limit", "out-of-range", "must be from 1 to " + ViewQuery.GREATEST_LIMIT));
        }
        String signature = signature();
        return new Checked(conditions, ordering, errors.isEmpty() ? after(ordering, signature) : null, signature);
    }

    private List<Condition> conditions() {
        List<Condition> conditions = new ArrayList<>();
        if (query.filters().size() > MOST_FILTERS) {
            errors.add(new QueryError(query.filters().get(MOST_FILTERS).parameter(), "out-of-range",
                    "There are %d filters; at most %d can be".formatted(query.filters().size(), MOST_FILTERS)));
        }
        for (Filter filter : query.filters()) {
            @Nullable Column column = column(filter.parameter(), filter.field());
            if (column == null) {
                continue;
            }
            if (!column.type().operators().contains(filter.operator())) {
                errors.add(new QueryError(filter.parameter(), "invalid", "'%s' cannot be asked of '%s', only %s"
                        .formatted(filter.operator().text(), filter.field(), texts(column.type().operators()))));
                continue;
            }
            conditions.add(new Condition(column, filter.operator(), values(filter, column)));
        }
        return conditions;
    }

    private List<Object> values(Filter filter, Column column) {
        ValueType type = filter.operator() == Operator.EXISTS ? new ValueType.Bool() : column.type();
        List<Object> values = new ArrayList<>();
        for (String text : filter.values()) {
            try {
                values.add(type.parse(text));
            } catch (BadValueException bad) {
                errors.add(new QueryError(filter.parameter(), bad.code(), bad.advice()));
            }
        }
        return values;
    }

    private Ordering ordering() {
        if (query.sort().size() > MOST_SORTS) {
            errors.add(new QueryError("sort", "out-of-range",
                    "There are %d fields; at most %d can be".formatted(query.sort().size(), MOST_SORTS)));
        }
        List<Term> terms = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        boolean total = false;
        for (Sort sort : query.sort()) {
            if (!seen.add(sort.field())) {
                errors.add(new QueryError("sort", "invalid", "'%s' is there twice".formatted(sort.field())));
            }
            @Nullable Column column = column("sort", sort.field());
            if (column != null && !total) {
                terms.add(new Term(column, sort.descending()));
                total = column.equals(Column.KEY);
            }
        }
        if (!total) {
            terms.add(new Term(Column.KEY, !terms.isEmpty() && terms.getLast().descending()));
        }
        return new Ordering(List.copyOf(terms));
    }

    private @Nullable Column column(String parameter, String name) {
        @Nullable Column column = columns.get(name);
        if (column == null) {
            String advice = canBeIndexed(name)
                    ? "The row has a field '%1$s', but it is not indexed: declare it with indexedBy(\"%1$s\"), or ask by %2$s"
                    : "This view cannot be asked by '%1$s', only by %2$s";
            errors.add(new QueryError(parameter, "unknown",
                    advice.formatted(name, String.join(", ", columns.keySet()))));
        }
        return column;
    }

    private boolean canBeIndexed(String name) {
        Shape.@Nullable Field field = JsonType.of(view.row()).shape() instanceof Shape.Fields(var fields)
                ? fields.get(name)
                : null;
        return name.equals(ViewDefinition.UPDATED_AT) || (field != null && IndexedField.isOrdered(field.shape()));
    }

    private static String texts(Set<Operator> operators) {
        return String.join(", ", operators.stream().map(Operator::text).toList());
    }

    /** What a cursor belongs to; the order in which filters are written does not matter. */
    private String signature() {
        List<String> filters = query.filters().stream().map(Filter::toString).sorted().toList();
        return view.name() + '\n' + query.sort() + '\n' + filters;
    }

    private @Nullable List<@Nullable Object> after(Ordering ordering, String signature) {
        if (query.cursor() == null) {
            return null;
        }
        @Nullable Cursor cursor = Cursor.decode(query.cursor(), signature);
        try {
            if (cursor != null && cursor.values().size() == ordering.terms().size()) {
                return restored(ordering, cursor);
            }
        } catch (BadValueException forged) {
            // Below: not of this query, or the field's type has changed since.
        }
        errors.add(new QueryError("cursor", "invalid", "is not a cursor of this query: "
                + "take 'next' of an answer to the same filters and the same sort, or leave it out"));
        return null;
    }

    private static List<@Nullable Object> restored(Ordering ordering, Cursor cursor) throws BadValueException {
        List<@Nullable Object> after = new ArrayList<>();
        for (int i = 0; i < ordering.terms().size(); i++) {
            Column column = ordering.terms().get(i).column();
            @Nullable String value = cursor.values().get(i);
            if (value == null && !column.nullable()) {
                throw new BadValueException("invalid", "must be there");
            }
            after.add(value == null ? null : column.type().restore(value));
        }
        return after;
    }
}

package io.ritsem.http.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.server.QueryString;
import io.ritsem.http.server.QueryString.Parameter;
import io.ritsem.projections.query.AsOf;
import io.ritsem.projections.query.ViewQuery;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.projections.query.ViewQuery.Sort;
import io.ritsem.runtime.journal.ConsistencyToken;

/**
 * What the parameters of a request to a view ask for. Every mistake is gathered; the fields and values of filters are
 * the view reader's to check. Confined to its request.
 *
 * <p>
 * A bare reserved name is the parameter; a field of that name is written {@code limit.eq}.
 */
final class QueryParameters {

    static final String LIMIT = "limit";
    static final String SORT = "sort";
    static final String CURSOR = "cursor";
    static final String FIELDS = "fields";
    static final String COUNT = "count";
    static final String CONSISTENCY = "consistency";
    static final String VERSION = "version";
    static final String AT = "at";
    static final String AS_OF = "asOf";

    private static final Map<String, Operator> OPERATORS = Arrays.stream(Operator.values())
            .collect(Collectors.toMap(Operator::text, operator -> operator, (one, _) -> one, LinkedHashMap::new));

    private final Collection<String> rowFields;
    private final List<InvalidInput> errors;
    private final Set<String> given = new LinkedHashSet<>();
    private final List<Filter> filters = new ArrayList<>();
    private final List<Sort> sort = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private int limit = ViewQuery.USUAL_LIMIT;
    private @Nullable String cursor;
    private @Nullable Set<String> fields;
    private boolean count;
    private @Nullable Parameter past;
    private @Nullable AsOf asOf;

    private QueryParameters(QueryString query, Collection<String> rowFields) {
        this.rowFields = rowFields;
        this.errors = new ArrayList<>(query.errors());
    }

    /** The parameters of a query. */
    static QueryParameters ofQuery(QueryString query, Collection<String> rowFields) {
        QueryParameters parameters = new QueryParameters(query, rowFields);
        query.parameters().forEach(parameters::read);
        return parameters;
    }

    /** The parameters of a query that goes on: it has all rows that match, in no order. */
    static QueryParameters ofLiveQuery(QueryString query, Collection<String> rowFields) {
        QueryParameters parameters = new QueryParameters(query, rowFields);
        for (Parameter parameter : query.parameters()) {
            switch (parameter.name()) {
                case LIMIT, SORT, CURSOR, COUNT -> parameters.wrong(parameter, "invalid",
                        "A live query has all rows that match, in no order: leave out " + parameter.name());
                default -> parameters.read(parameter);
            }
        }
        return parameters;
    }

    /** The parameters of a row by its key that goes on: it has no past. */
    static QueryParameters ofLiveRow(QueryString query, Collection<String> rowFields) {
        QueryParameters parameters = new QueryParameters(query, rowFields);
        for (Parameter parameter : query.parameters()) {
            switch (parameter.name()) {
                case FIELDS, CONSISTENCY -> parameters.read(parameter);
                default -> parameters.wrong(parameter, "unknown",
                        "A live row takes only " + FIELDS + " and " + CONSISTENCY);
            }
        }
        return parameters;
    }

    /** The parameters of a row by its key: there is nothing to filter. */
    static QueryParameters ofRow(QueryString query, Collection<String> rowFields) {
        QueryParameters parameters = new QueryParameters(query, rowFields);
        for (Parameter parameter : query.parameters()) {
            switch (parameter.name()) {
                case FIELDS, CONSISTENCY -> parameters.read(parameter);
                case VERSION, AT, AS_OF -> parameters.once(parameter, () -> parameters.past(parameter));
                default -> parameters.wrong(parameter, "unknown", "A row takes only "
                        + String.join(", ", FIELDS, CONSISTENCY, VERSION, AT, AS_OF));
            }
        }
        return parameters;
    }

    ViewQuery query() {
        return new ViewQuery(filters, sort, limit, cursor, count);
    }

    /** The fields of the row that are wanted, or null for all. */
    @Nullable Set<String> fields() {
        return fields;
    }

    /** At which place of the past the row is wanted, or null for now. */
    @Nullable AsOf asOf() {
        return asOf;
    }

    /** The consistency tokens, as they came. */
    List<String> tokens() {
        return tokens;
    }

    List<InvalidInput> errors() {
        return errors;
    }

    private void read(Parameter parameter) {
        String value = parameter.value();
        switch (parameter.name()) {
            case CONSISTENCY -> tokens.addAll(List.of(value.split(",", -1)));
            case LIMIT -> once(parameter, () -> limit = limit(parameter));
            case SORT -> once(parameter, () -> sort(parameter));
            case CURSOR -> once(parameter, () -> cursor = value);
            case FIELDS -> once(parameter, () -> fields = fields(parameter));
            case COUNT -> once(parameter, () -> count = count(parameter));
            case VERSION, AT, AS_OF -> wrong(parameter, "unknown", ("Only one row, by its key, can be asked for its "
                    + "past; a filter on a field of this name is written %s.eq").formatted(parameter.name()));
            default -> filter(parameter);
        }
    }

    private void once(Parameter parameter, Runnable read) {
        if (given.add(parameter.name())) {
            read.run();
        } else {
            wrong(parameter, "invalid", "must be there only once");
        }
    }

    private int limit(Parameter parameter) {
        @Nullable Long asked = parameter.number(1, ViewQuery.GREATEST_LIMIT, errors);
        return asked == null ? ViewQuery.USUAL_LIMIT : asked.intValue();
    }

    private void past(Parameter parameter) {
        if (past != null) {
            wrong(parameter, "invalid", "cannot be combined with " + past.name());
            return;
        }
        past = parameter;
        asOf = switch (parameter.name()) {
            case VERSION -> {
                @Nullable Long version = parameter.number(0, Long.MAX_VALUE, errors);
                yield version == null ? null : new AsOf.Version(version);
            }
            case AT -> {
                @Nullable Instant moment = parameter.moment(errors);
                yield moment == null ? null : new AsOf.Moment(moment);
            }
            default -> seen(parameter);
        };
    }

    private @Nullable AsOf seen(Parameter parameter) {
        try {
            return new AsOf.Seen(ConsistencyToken.parse(parameter.value()));
        } catch (IllegalArgumentException malformed) {
            wrong(parameter, "invalid", "must be a token as an answer's Consistency-Token says it");
            return null;
        }
    }

    private void sort(Parameter parameter) {
        for (String field : parameter.value().split(",", -1)) {
            boolean descending = field.startsWith("-");
            sort.add(new Sort(descending ? field.substring(1) : field, descending));
        }
    }

    private Set<String> fields(Parameter parameter) {
        Set<String> wanted = new LinkedHashSet<>(List.of(parameter.value().split(",", -1)));
        for (String field : wanted) {
            if (!rowFields.contains(field)) {
                wrong(parameter, "unknown",
                        "The row has no field '%s', only %s".formatted(field, String.join(", ", rowFields)));
            }
        }
        return wanted;
    }

    private boolean count(Parameter parameter) {
        if (!parameter.value().equals("true") && !parameter.value().equals("false")) {
            wrong(parameter, "wrong-type", "must be true or false");
        }
        return parameter.value().equals("true");
    }

    private void filter(Parameter parameter) {
        int dot = parameter.name().lastIndexOf('.');
        String field = dot < 0 ? parameter.name() : parameter.name().substring(0, dot);
        @Nullable Operator operator = dot < 0 ? Operator.EQ : OPERATORS.get(parameter.name().substring(dot + 1));
        if (operator == null) {
            wrong(parameter, "unknown", "There is no operator '%s', only %s"
                    .formatted(parameter.name().substring(dot + 1), String.join(", ", OPERATORS.keySet())));
        } else if (operator == Operator.IN) {
            addToList(field, List.of(parameter.value().split(",", -1)));
        } else {
            filters.add(new Filter(field, operator, List.of(parameter.value())));
        }
    }

    /** A repeated list is one list; every other filter that is repeated must hold as well. */
    private void addToList(String field, List<String> values) {
        for (int i = 0; i < filters.size(); i++) {
            Filter filter = filters.get(i);
            if (filter.operator() == Operator.IN && filter.field().equals(field)) {
                List<String> all = new ArrayList<>(filter.values());
                all.addAll(values);
                filters.set(i, new Filter(field, Operator.IN, all));
                return;
            }
        }
        filters.add(new Filter(field, Operator.IN, values));
    }

    private void wrong(Parameter parameter, String code, String message) {
        errors.add(InvalidInput.parameter(parameter.name(), code, message));
    }
}

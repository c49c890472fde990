package io.ritsem.projections.query;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveQuery;
import io.ritsem.projections.query.ViewQuery.Operator;

/** Which rows are read live: all conditions hold. Immutable. */
record RowFilter(List<Condition> conditions) implements LiveQuery {

    @Override public @Nullable String onlyKey() {
        for (Condition condition : conditions) {
            if (condition.column().equals(Column.KEY) && condition.operator() == Operator.EQ) {
                return (String) condition.values().getFirst();
            }
        }
        return null;
    }
}

package io.ritsem.projections.query;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveRow;

/**
 * A row with what it can be found by. Immutable.
 *
 * @param values what PostgreSQL says it has in the columns of the view, by their names; none where it has none
 */
record ReadRow(ViewRow row, Map<String, Object> values) implements LiveRow<RowFilter, ViewRow> {

    @Override public String key() {
        return row.key();
    }

    @Override public int bytes() {
        return row.row().length + row.key().length();
    }

    @Override public boolean matches(RowFilter filter) {
        for (Condition condition : filter.conditions()) {
            @Nullable Object value = values.get(condition.column().name());
            if (!condition.holds(value)) {
                return false;
            }
        }
        return true;
    }
}

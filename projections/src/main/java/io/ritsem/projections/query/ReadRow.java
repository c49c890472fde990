package io.ritsem.projections.query;

import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveRow;

/**
 * A row with what it can be found by. Immutable.
 *
 * @param values what PostgreSQL says it has in the columns of the view, by their names; none where it has none
 * @param mark of all that readers get of it
 */
record ReadRow(ViewRow row, Map<String, Object> values, long mark) implements LiveRow<RowFilter, ViewRow> {

    // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/)
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    static ReadRow of(ViewRow row, Map<String, Object> values) {
        long mark = OFFSET_BASIS ^ Objects.hash(row.version(), row.updatedAt(), row.behind());
        for (byte each : row.row()) {
            mark = (mark ^ (each & 0xff)) * PRIME;
        }
        return new ReadRow(row, values, mark);
    }

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

package io.ritsem.projections.query;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.store.IndexedField;
import io.ritsem.projections.store.ViewTable;

/**
 * The generation of a view that answers a query. Immutable but for the progress, which is thread-safe.
 *
 * @param columns what it can be asked by, by name
 */
record ServedView<R>(ViewTable<R> table, ViewProgress progress, Map<String, Column> columns) {

    /**
     * What a view can be asked by.
     *
     * @throws IllegalArgumentException if a declared field has the name of the key
     */
    static Map<String, Column> columns(ViewTable<?> table) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put(Column.KEY.name(), Column.KEY);
        if (table.indexedByTime()) {
            columns.put(Column.UPDATED_AT.name(), Column.UPDATED_AT);
        }
        for (IndexedField field : table.fields().values()) {
            if (columns.putIfAbsent(field.name(), Column.of(field)) != null) {
                throw new IllegalArgumentException("The view '%s' cannot be indexed by '%s': every view is already"
                        .formatted(table.view(), field.name()));
            }
        }
        return Collections.unmodifiableMap(columns);
    }

    static <R> ServedView<R> of(ViewTable<R> table, ViewProgress progress) {
        return new ServedView<>(table, progress, columns(table));
    }

    /** A row's JSON as the record's codec writes it: a stored document has its keys in another order. */
    byte[] canonical(byte[] stored) {
        return table.rowType().encode(table.rowType().decodeStored(stored));
    }
}

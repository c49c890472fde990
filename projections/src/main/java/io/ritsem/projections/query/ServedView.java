package io.ritsem.projections.query;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.store.IndexedField;
import io.ritsem.runtime.json.JsonType;

/**
 * A view as queries see it. Immutable.
 *
 * @param table its table, schema and all
 * @param columns what it can be asked by, by name
 */
record ServedView<R>(ViewDefinition<R> definition, JsonType<R> rows, String table, Map<String, Column> columns) {

    /** @throws IllegalArgumentException if a declared field has the name of the key or of the time */
    static <R> ServedView<R> of(ViewDefinition<R> definition, JsonType<R> rows, String table,
            Collection<IndexedField> fields) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put(Column.KEY.name(), Column.KEY);
        columns.put(Column.UPDATED_AT.name(), Column.UPDATED_AT);
        for (IndexedField field : fields) {
            if (columns.putIfAbsent(field.name(), Column.of(field)) != null) {
                throw new IllegalArgumentException("The view '%s' cannot be indexed by '%s': every view is already"
                        .formatted(definition.name(), field.name()));
            }
        }
        return new ServedView<>(definition, rows, table, Collections.unmodifiableMap(columns));
    }

    /** A row's JSON as the record's codec writes it: a stored document has its keys in another order. */
    byte[] canonical(byte[] stored) {
        return rows.encode(rows.decodeStored(stored));
    }
}

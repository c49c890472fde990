package io.ritsem.projections.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.KeyedViewDefinition;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/**
 * The table of one generation of a view. Immutable.
 *
 * <p>
 * Columns: {@code key text} (collation C, the primary key), {@code row jsonb}, {@code version bigint} (null in a keyed
 * view), {@code partition smallint}, {@code transaction_id bigint} and {@code ordering bigint} (the event that the row
 * was last built from), {@code updated_at timestamptz} (when it was recorded), and one for each declared field.
 *
 * @param definition the view
 * @param generation counts the view's tables, from 1
 * @param rowType the JSON form of its rows
 * @param fields the declared fields by name, in the order of their declaration; each has an index
 */
public record ViewTable<R>(ViewDefinition<R> definition, int generation, JsonType<R> rowType,
        Map<String, IndexedField> fields) {

    /** The longest key in bytes of UTF-8: it is part of every index entry. */
    public static final int LONGEST_KEY = 512;

    /** The partition of the one cursor of a view that has one owner for all partitions. */
    public static final int ALL_PARTITIONS = -1;

    public ViewTable {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /**
     * Describes the table of a view's generation.
     *
     * @throws IllegalArgumentException if the row is no record with a JSON form, or a declared field is not there or
     *     cannot be indexed; it says which
     */
    public static <R> ViewTable<R> of(ViewDefinition<R> definition, int generation) {
        JsonType<R> rowType = JsonType.of(definition.row());
        if (!(rowType.shape() instanceof Shape.Fields(Map<String, Shape.Field> components))) {
            throw new IllegalArgumentException("The rows of the view '%s' must be a record, but are %s"
                    .formatted(definition.name(), definition.row().getName()));
        }
        if (definition.indexed().contains(ViewDefinition.UPDATED_AT)
                && components.containsKey(ViewDefinition.UPDATED_AT)) {
            throw new IllegalArgumentException(
                    "The view '%s' cannot be indexed by its rows' own '%s', as every view has one: rename it"
                            .formatted(definition.name(), ViewDefinition.UPDATED_AT));
        }
        Map<String, IndexedField> fields = new LinkedHashMap<>();
        for (String name : definition.indexed()) {
            if (!name.equals(ViewDefinition.UPDATED_AT)) {
                fields.put(name, indexed(definition, name, components, fields.size() + 1));
            }
        }
        return new ViewTable<>(definition, generation, rowType, fields);
    }

    private static IndexedField indexed(ViewDefinition<?> view, String name, Map<String, Shape.Field> components,
            int number) {
        Shape.@Nullable Field component = components.get(name);
        if (component == null) {
            throw new IllegalArgumentException("The view '%s' is indexed by '%s', but its rows only have %s"
                    .formatted(view.name(), name, components.keySet()));
        }
        try {
            return new IndexedField(name, component.shape(), number);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The view '%s': %s".formatted(view.name(), e.getMessage()), e);
        }
    }

    /** The view's name. */
    public String view() {
        return definition.name();
    }

    /** The generation that it is the table of. */
    public GenerationId id() {
        return new GenerationId(view(), generation);
    }

    /** The table with its schema, ready for SQL. */
    public String tableName() {
        return id().tableName();
    }

    /** Whether it can be asked by the time of a row's last event. */
    public boolean indexedByTime() {
        return definition.indexed().contains(ViewDefinition.UPDATED_AT);
    }

    /** Whether rows have keys of their own, so that one owner reads the merge of all partitions. */
    public boolean keyed() {
        return definition instanceof KeyedViewDefinition;
    }

    /** The entity types that the view follows, in alphabetical order. */
    public List<String> follows() {
        return definition.follows().keySet().stream().sorted().toList();
    }
}

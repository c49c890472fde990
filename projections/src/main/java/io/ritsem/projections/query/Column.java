package io.ritsem.projections.query;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.store.IndexedField;
import io.ritsem.runtime.json.Shape;

/**
 * Something that rows are filtered and sorted by. Immutable.
 *
 * @param name what queries call it
 * @param value SQL: its value
 * @param indexed SQL: the part of its value that the index holds and the order goes by
 * @param cut whether {@code indexed} may be less than {@code value}, so that a filter must look at both
 * @param nullable whether a row may be without it
 */
record Column(String name, ValueType type, String value, String indexed, boolean cut, boolean nullable) {

    /** The row's key: what makes every order total. */
    static final Column KEY = new Column("key", new ValueType.Text(), "key", "key", false, false);
    static final Column UPDATED_AT = new Column(ViewDefinition.UPDATED_AT, new ValueType.Timestamp(), "updated_at",
            "updated_at",
            false, false);

    /** A declared field. Every one may be absent: a row may have been stored before the field became required. */
    static Column of(IndexedField field) {
        return new Column(field.name(), ValueType.of(field.shape()), field.value(), field.column(),
                field.shape() instanceof Shape.Text, true);
    }

    /** The part of a value that the index holds. */
    Object indexed(Object value) {
        return cut && value instanceof String text ? start(text) : value;
    }

    /** The first characters of a text, counted like PostgreSQL does: by code points. */
    static String start(String text) {
        int most = IndexedField.INDEXED_CHARACTERS;
        return text.codePointCount(0, text.length()) <= most ? text
                : text.substring(0, text.offsetByCodePoints(0, most));
    }
}

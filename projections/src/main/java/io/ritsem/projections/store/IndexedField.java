package io.ritsem.projections.store;

import io.ritsem.runtime.json.Shape;

/**
 * A field of a view's rows that queries may filter and sort by, in the words of SQL. Immutable.
 *
 * <p>
 * It is a column of its own, made from the row by the database, and its index holds {@code (column, key)}: with the key
 * behind the value, a page that starts after a row is found by one descent. An index on an expression of the row would make
 * every change of a row touch all indexes of the table; a column that keeps its value touches none. Everything textual
 * compares by code point (collation C), on any server.
 *
 * @param number counts the fields of a view, from 1
 */
public record IndexedField(String name, Shape shape, int number) {

    /** How many characters of a text are indexed: an entry must fit into a third of a page of 8 KiB. */
    public static final int INDEXED_CHARACTERS = 256;

    /** @throws IllegalArgumentException if there is no order on such a field */
    public IndexedField {
        if (!isOrdered(shape)) {
            throw new IllegalArgumentException(
                    "The field '%s' cannot be indexed: only text, numbers, booleans, times, UUIDs and enums can be"
                            .formatted(name));
        }
    }

    /** Whether a field of this shape can be indexed. */
    public static boolean isOrdered(Shape shape) {
        return switch (shape) {
            case Shape.Text _,Shape.Decimal _,Shape.Whole _,Shape.Bool _,Shape.Moment _ -> true;
            case Shape.Day _,Shape.Uuid _,Shape.Choice _ -> true;
            case Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ -> false;
        };
    }

    /** The column: all of the value, but of a text only the start; null if it is absent. Queries sort by this. */
    public String column() {
        return "field_" + number;
    }

    /** All of the value. */
    public String value() {
        return shape instanceof Shape.Text ? "(" + text() + " collate \"C\")" : column();
    }

    /** How the column is declared. */
    String declaration() {
        String made = switch (shape) {
            case Shape.Decimal _ -> "numeric GENERATED ALWAYS AS (%s::numeric)";
            case Shape.Whole _ -> "bigint GENERATED ALWAYS AS (%s::bigint)";
            case Shape.Bool _ -> "boolean GENERATED ALWAYS AS (%s::boolean)";
            // Without the Z a time sorts before the same time with a fraction; a cast to timestamptz is not immutable.
            case Shape.Moment _ -> "text COLLATE \"C\" GENERATED ALWAYS AS (rtrim(%s, 'Z'))";
            case Shape.Text _ -> "text COLLATE \"C\" GENERATED ALWAYS AS (left(%s, " + INDEXED_CHARACTERS + "))";
            case Shape.Day _,Shape.Uuid _,Shape.Choice _ -> "text COLLATE \"C\" GENERATED ALWAYS AS (%s)";
            case Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ -> throw new IllegalStateException(name);
        };
        return column() + ' ' + made.formatted(text()) + " STORED";
    }

    private String text() {
        return "(row ->> '" + name.replace("'", "''") + "')";
    }
}

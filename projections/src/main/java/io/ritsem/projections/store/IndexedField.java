package io.ritsem.projections.store;

import io.ritsem.runtime.json.Shape;

/**
 * A field of a view's rows that queries may filter and sort by, in the words of SQL: the table's index and the queries
 * must name the very same expression, or no query uses the index. Immutable.
 *
 * <p>
 * An index holds {@code (indexed, key)}: with the key behind the value, a page that starts after a row is found by one
 * descent. Everything textual compares by code point (collation C), on any server.
 */
public record IndexedField(String name, Shape shape) {

    /** How many characters of a text are indexed: an entry must fit into a third of a page of 8 KiB. */
    public static final int INDEXED_CHARACTERS = 256;

    /** @throws IllegalArgumentException if there is no order on such a field */
    public IndexedField {
        boolean scalar = switch (shape) {
            case Shape.Text _,Shape.Decimal _,Shape.Whole _,Shape.Bool _,Shape.Moment _ -> true;
            case Shape.Day _,Shape.Uuid _,Shape.Choice _ -> true;
            case Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ -> false;
        };
        if (!scalar) {
            throw new IllegalArgumentException(
                    "The field '%s' cannot be indexed: only text, numbers, booleans, times, UUIDs and enums can be"
                            .formatted(name));
        }
    }

    /** The value, null if it is absent. */
    public String value() {
        String text = "(row ->> '" + name.replace("'", "''") + "')";
        return switch (shape) {
            case Shape.Decimal _ -> "(" + text + "::numeric)";
            case Shape.Whole _ -> "(" + text + "::bigint)";
            case Shape.Bool _ -> "(" + text + "::boolean)";
            // Without the Z a time sorts before the same time with a fraction; a cast to timestamptz is not immutable.
            case Shape.Moment _ -> "(rtrim(" + text + ", 'Z') collate \"C\")";
            case Shape.Text _,Shape.Day _,Shape.Uuid _,Shape.Choice _ -> "(" + text + " collate \"C\")";
            case Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ -> throw new IllegalStateException(name);
        };
    }

    /** What the index holds of the value: all of it, but of a text only the start. Queries sort by this. */
    public String indexed() {
        return shape instanceof Shape.Text
                ? "(left(row ->> '" + name.replace("'", "''") + "', " + INDEXED_CHARACTERS + ") collate \"C\")"
                : value();
    }
}

package bank.replay;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A value out of a JSON text; as much JSON as a client of the HTTP contract needs. Immutable.
 *
 * @param value a map, a list, a string, a decimal, a boolean, or null
 */
record Json(@Nullable Object value) {

    /**
     * Reads a text.
     *
     * @throws IllegalArgumentException if it is not JSON
     */
    static Json parse(String text) {
        return new Json(new JsonParser(text).parse());
    }

    /** A string as JSON writes it. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** What is found by going down these names; JSON's null if a name is missing. */
    Json at(String... names) {
        @Nullable Object found = value;
        for (String name : names) {
            found = found instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return new Json(found);
    }

    /** A string, a number or a boolean as text; {@code null} is "null". */
    String text() {
        return String.valueOf(value);
    }
}

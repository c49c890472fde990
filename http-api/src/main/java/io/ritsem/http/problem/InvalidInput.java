package io.ritsem.http.problem;

import java.util.Locale;
import java.util.regex.Pattern;

import io.ritsem.http.json.JsonBytes;
import io.ritsem.runtime.json.Violation;

/**
 * One thing that is wrong with a request.
 *
 * @param place what {@code name} names
 * @param name a JSON Pointer into the body (empty: all of it), or the name of a parameter, header or part of the path
 * @param code kebab-case, as in {@link Violation}: {@code malformed}, {@code missing}, {@code unknown},
 *     {@code wrong-type}, {@code out-of-range}, {@code invalid}
 * @param message what is wrong and what would be right, for a person
 */
public record InvalidInput(Place place, String name, String code, String message) {

    /** How a message begins that is not about what it names, but about the place. */
    private static final Pattern NO_SUBJECT = Pattern.compile("(must|is|begins|can|cannot) ");

    /** Where something can be wrong. */
    public enum Place {
        POINTER("pointer"), PARAMETER("parameter"), HEADER("header"), PATH("path");

        private final String member;

        Place(String member) {
            this.member = member;
        }
    }

    /** Wrong in the body. */
    public static InvalidInput body(Violation violation) {
        return new InvalidInput(Place.POINTER, violation.pointer(), violation.code(), violation.message());
    }

    /** Wrong in the query string. */
    public static InvalidInput parameter(String name, String code, String message) {
        return new InvalidInput(Place.PARAMETER, name, code, message);
    }

    /** Wrong in a header. */
    public static InvalidInput header(String name, String message) {
        return new InvalidInput(Place.HEADER, name, "invalid", message);
    }

    /** Wrong in the path. */
    public static InvalidInput path(String name, String message) {
        return new InvalidInput(Place.PATH, name, "invalid", message);
    }

    /** The message with the place before it, unless it names that itself, or is about all of the body. */
    String sentence() {
        String last = place == Place.POINTER ? name.substring(name.lastIndexOf('/') + 1) : name;
        boolean named = message.toLowerCase(Locale.ROOT).contains(last.toLowerCase(Locale.ROOT));
        if (name.isEmpty() || (named && !NO_SUBJECT.matcher(message).lookingAt())) {
            return message;
        }
        String between = Character.isUpperCase(message.codePointAt(0)) ? ": " : " ";
        return Problem.shown(place == Place.POINTER ? name : "'" + name + "'") + between + message;
    }

    void write(JsonBytes json) {
        json.ascii("{\"")
                .ascii(place.member)
                .ascii("\":")
                .string(name)
                .ascii(",\"code\":")
                .string(code)
                .ascii(",\"message\":")
                .string(message)
                .ascii("}");
    }
}

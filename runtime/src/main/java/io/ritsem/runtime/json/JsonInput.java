package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import org.jspecify.annotations.Nullable;

/** A document being read, and all that was found wrong with it so far. Confined to one call. */
final class JsonInput implements AutoCloseable {

    private static final int MOST_VIOLATIONS = 100;
    private static final int MOST_CHARACTERS = 1 << 16;

    private final byte[] json;
    private final JsonParser parser;
    private final boolean strict;
    private final Path path = new Path();
    private final List<Violation> violations = new ArrayList<>(0);
    private int characters;

    JsonInput(byte[] json, boolean strict) throws IOException {
        this.json = json;
        this.strict = strict;
        this.parser = Json.FACTORY.createParser(json);
    }

    /**
     * Reads the one value that the document must be.
     *
     * @throws InvalidJsonException if anything is wrong
     */
    static Object read(byte[] json, Codec codec, boolean strict) {
        try (JsonInput in = new JsonInput(json, strict)) {
            @Nullable Object value = in.document(codec);
            if (value == null || in.problems() > 0) {
                throw new InvalidJsonException(in.violations);
            }
            return value;
        } catch (IOException e) {
            throw new IllegalStateException("Bytes in memory cannot fail to be read", e);
        }
    }

    private @Nullable Object document(Codec codec) throws IOException {
        try {
            if (isNotUtf8()) {
                violation("malformed", "must be UTF-8");
                return null;
            }
            if (parser.nextToken() == null) {
                violation("malformed", "must be a JSON value, but is empty");
                return null;
            }
            @Nullable Object value = codec.read(this);
            if (parser.nextToken() != null) {
                violation("malformed", at(parser.currentTokenLocation()) + "nothing may follow the value");
            }
            return value;
        } catch (StreamConstraintsException e) {
            violation("out-of-range", at(e.getLocation()) + limit());
            return null;
        } catch (JacksonException e) {
            violations.add(new Violation("", "malformed", at(e.getLocation()) + complaint(e)));
            return null;
        }
    }

    /** Jackson guesses UTF-16 and UTF-32 from zeros and byte order marks; RFC 8259 knows UTF-8 alone. */
    private boolean isNotUtf8() {
        return json.length >= 2 && (json[0] == 0 || json[1] == 0 || (json[0] & 0xFE) == 0xFE);
    }

    private static String complaint(JacksonException e) {
        return e instanceof JsonEOFException
                ? "ends too early"
                : e.getOriginalMessage().lines().findFirst().orElse("").replaceAll(" ?\\(start marker at .*", "");
    }

    private String limit() {
        return parser.getParsingContext().getNestingDepth() > Json.DEEPEST
                ? "must not be nested deeper than " + Json.DEEPEST
                : "must have no string longer than " + Text.LONGEST + " characters, nor names made to collide";
    }

    private static String at(@Nullable JsonLocation location) {
        return location == null ? "" : "line %d, column %d: ".formatted(location.getLineNr(), location.getColumnNr());
    }

    JsonParser parser() {
        return parser;
    }

    /** Another parser at a byte offset of the same document, to look ahead. */
    JsonParser parserFrom(int offset) throws IOException {
        return Json.FACTORY.createParser(json, offset, json.length - offset);
    }

    /** The offset of the last opening brace at or before an offset. */
    int objectStart(long offset) {
        int at = (int) Math.min(offset, json.length - 1L);
        while (json[at] != '{') {
            at--;
        }
        return at;
    }

    /** Whether unknown fields and values are errors. */
    boolean strict() {
        return strict;
    }

    Path path() {
        return path;
    }

    /** How many things were found wrong so far. */
    int problems() {
        return violations.size();
    }

    /**
     * Notes down what is wrong with the present place.
     *
     * @throws InvalidJsonException if there is so much wrong that the rest need not be read
     */
    void violation(String code, String message) {
        Violation violation = new Violation(path.pointer(), code, message);
        violations.add(violation);
        characters += violation.pointer().length() + violation.message().length();
        if (violations.size() >= MOST_VIOLATIONS || characters >= MOST_CHARACTERS) {
            violations.add(new Violation("", "invalid", "there may be more errors: only the first are listed"));
            throw new InvalidJsonException(violations);
        }
    }

    /** Notes down what is wrong with a field of the present object. */
    void violationOf(String field, String code, String message) {
        path.enter(field);
        violation(code, message);
        path.leave();
    }

    /** Notes down that the present value is of another type, and passes over it. */
    void wrongType(String expected) throws IOException {
        violation("wrong-type", "must be %s, but is %s".formatted(expected, kind(parser.currentToken())));
        parser.skipChildren();
    }

    /** The present value as a string that can be stored; null, and noted down, if it is none. */
    @Nullable String text(String expected) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            wrongType(expected);
            return null;
        }
        String text = parser.getText();
        int bad = Text.firstUnwritable(text);
        if (bad >= 0) {
            violation("invalid", Text.complaint(text, bad));
            return null;
        }
        return text;
    }

    private static String kind(@Nullable JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case null, default -> "nothing";
        };
    }

    @Override public void close() throws IOException {
        parser.close();
    }
}

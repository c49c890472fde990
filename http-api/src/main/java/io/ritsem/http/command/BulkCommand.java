package io.ritsem.http.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.runtime.json.Violation;

/**
 * One line of a bulk request.
 *
 * @param data the command's fields, the very bytes of the line
 * @param key the idempotency key, or null
 * @param expectedVersion the version that the entity must have, 0 for none yet; or null
 */
record BulkCommand(String type, String id, String command, byte[] data, @Nullable String key,
        @Nullable Long expectedVersion) {

    /** Deeper than any command may be, so that the command's own limit speaks. */
    private static final int DEEPEST = 64;
    private static final int LONGEST_TEXT = 1024;
    private static final int MOST_ERRORS = 100;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /**
     * Reads a line.
     *
     * @throws ProblemException 400 with all that is wrong
     */
    static BulkCommand parse(byte[] line) {
        Reader reader = new Reader(line);
        try (JsonParser parser = JSON.createParser(line)) {
            reader.read(parser);
        } catch (JacksonException malformed) {
            reader.wrong("", "malformed",
                    at(malformed.getLocation()) + "must be one JSON object, nested no deeper than " + DEEPEST);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return reader.command();
    }

    /** Where in the line; which line it is, the place of its result tells. */
    private static String at(@Nullable JsonLocation location) {
        return location == null ? "" : "column %d: ".formatted(location.getColumnNr());
    }

    /** Gathers members and mistakes. Confined to one line. */
    private static final class Reader {

        private final byte[] line;
        private final List<InvalidInput> errors = new ArrayList<>(0);
        private final Set<String> given = new HashSet<>();
        private @Nullable String type;
        private @Nullable String id;
        private @Nullable String command;
        private @Nullable String key;
        private @Nullable Long expectedVersion;
        private byte[] data = {};

        Reader(byte[] line) {
            this.line = line;
        }

        void read(JsonParser parser) throws IOException {
            if (!isUtf8() || parser.nextToken() != JsonToken.START_OBJECT) {
                wrong("", "wrong-type", "must be a JSON object in UTF-8");
                return;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String member = parser.currentName();
                parser.nextToken();
                if (!given.add(member)) {
                    wrong(pointer(member), "invalid", "must be there only once");
                    parser.skipChildren();
                } else {
                    member(member, parser);
                }
            }
            if (parser.nextToken() != null) {
                wrong("", "malformed", at(parser.currentTokenLocation()) + "nothing may follow the object");
            }
        }

        /** Jackson guesses other encodings from zeros and byte order marks. */
        private boolean isUtf8() {
            return line.length < 2 || !(line[0] == 0 || line[1] == 0 || (line[0] & 0xFE) == 0xFE);
        }

        private void member(String member, JsonParser parser) throws IOException {
            switch (member) {
                case "type" -> type = text(member, parser);
                case "id" -> id = text(member, parser);
                case "command" -> command = text(member, parser);
                case "key" -> key = parser.currentToken() == JsonToken.VALUE_NULL ? null : key(parser);
                case "expectedVersion" ->
                        expectedVersion = parser.currentToken() == JsonToken.VALUE_NULL ? null : version(parser);
                case "data" -> data = data(parser);
                default -> {
                    wrong(pointer(member), "unknown", "is none of type, id, command, data, key, expectedVersion");
                    parser.skipChildren();
                }
            }
        }

        private @Nullable String text(String member, JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                wrong(pointer(member), "wrong-type", "must be a string");
                parser.skipChildren();
                return null;
            }
            return parser.getText();
        }

        private @Nullable String key(JsonParser parser) throws IOException {
            @Nullable String text = text("key", parser);
            if (text != null && !CommandOptions.isKey(text)) {
                wrong("/key", "invalid", CommandOptions.keyRule());
            }
            return text;
        }

        private @Nullable Long version(JsonParser parser) throws IOException {
            boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!whole || parser.getLongValue() < 0) {
                wrong("/expectedVersion", whole ? "out-of-range" : "wrong-type",
                        "must be a whole number, 0 or more");
                parser.skipChildren();
                return null;
            }
            return parser.getLongValue();
        }

        private byte[] data(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                wrong("/data", "wrong-type", "must be an object");
                parser.skipChildren();
                return data;
            }
            int from = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            return Arrays.copyOfRange(line, from, (int) parser.currentLocation().getByteOffset());
        }

        private static String pointer(String member) {
            String shown = member.length() > LONGEST_TEXT ? member.substring(0, LONGEST_TEXT) : member;
            return '/' + shown.replace("~", "~0").replace("/", "~1");
        }

        /** Up to a bound, as in a command's body: else a short line of many mistakes would have an answer of megabytes. */
        void wrong(String pointer, String code, String message) {
            errors.add(InvalidInput.body(new Violation(pointer, code, message)));
            if (errors.size() == MOST_ERRORS) {
                errors.add(InvalidInput.body(new Violation("", "invalid",
                        "there may be more errors: only the first are listed")));
                throw new ProblemException(Problem.invalidBody(errors));
            }
        }

        private void require(String member) {
            if (!given.contains(member)) {
                wrong(pointer(member), "missing", "must be there");
            }
        }

        BulkCommand command() {
            boolean malformed = !errors.isEmpty() && errors.getLast().name().isEmpty();
            if (malformed) {
                throw new ProblemException(Problem.invalidBody(errors));
            }
            List.of("type", "id", "command", "data").forEach(this::require);
            if (!errors.isEmpty() || type == null || id == null || command == null) {
                throw new ProblemException(Problem.invalidBody(errors));
            }
            return new BulkCommand(type, id, command, data, key, expectedVersion);
        }
    }
}

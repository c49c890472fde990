package io.ritsem.runtime.json;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import org.jspecify.annotations.Nullable;

/** A document being written. Confined to one call. */
final class JsonOutput {

    private static final int USUAL_SIZE = 256;

    private final JsonGenerator generator;
    private final Path path = new Path();

    private JsonOutput(JsonGenerator generator) {
        this.generator = generator;
    }

    /**
     * Writes one value.
     *
     * @throws IllegalArgumentException if it cannot be held; it says where and why
     */
    static byte[] write(Object value, ValueWriter writer) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(USUAL_SIZE);
        try (JsonGenerator generator = Json.FACTORY.createGenerator(bytes)) {
            writer.write(new JsonOutput(generator), value);
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException("must not be nested deeper than " + Json.DEEPEST, e);
        } catch (IOException e) {
            throw new IllegalStateException("Bytes in memory cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }

    JsonGenerator generator() {
        return generator;
    }

    Path path() {
        return path;
    }

    /** A string that can be stored. */
    void text(String text) throws IOException {
        generator.writeString(writable(text));
    }

    /** A key of a map; the value must follow, and then {@link Path#leave}. */
    void key(String key) throws IOException {
        path.enter(key);
        generator.writeFieldName(writable(key));
    }

    /** A field of a record; the value must follow, and then {@link Path#leave}. */
    void field(SerializableString name) throws IOException {
        path.enter(name);
        generator.writeFieldName(name);
    }

    /** The value, which must not be null. */
    Object present(@Nullable Object value) {
        if (value == null) {
            throw refusal("must not be null");
        }
        return value;
    }

    private String writable(String text) {
        int bad = Text.firstUnwritable(text);
        if (bad >= 0) {
            throw refusal(Text.complaint(text, bad));
        }
        if (text.length() > Text.LONGEST) {
            throw refusal("must not be longer than " + Text.LONGEST + " characters");
        }
        return text;
    }

    /** The error that the value at the present place cannot be written. */
    IllegalArgumentException refusal(String why) {
        String pointer = Text.writable(path.pointer());
        return new IllegalArgumentException((pointer.isEmpty() ? "The value" : pointer) + " " + why);
    }
}

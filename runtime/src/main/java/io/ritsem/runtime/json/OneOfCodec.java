package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

import io.ritsem.domain.StableName;

/** A sealed interface of records: the field {@code type}, written first and read anywhere, tells which one it is. */
final class OneOfCodec implements Codec {

    static final String TAG = "type";

    private static final SerializedString TAG_FIELD = new SerializedString(TAG);

    private record Variant(SerializedString name, FieldsCodec fields) {}

    private final Map<String, FieldsCodec> byName = new LinkedHashMap<>();
    private final Map<Class<?>, Variant> byClass = new HashMap<>();
    private final Shape shape;

    /** @param records the records, whose names differ */
    OneOfCodec(Map<Class<?>, FieldsCodec> records) {
        Map<String, Shape.Fields> variants = new LinkedHashMap<>();
        records.forEach((type, fields) -> {
            String name = StableName.of(type);
            byName.put(name, fields.tagged());
            byClass.put(type, new Variant(new SerializedString(name), fields));
            variants.put(name, fields.shape());
        });
        shape = new Shape.OneOf(variants);
    }

    @Override public Shape shape() {
        return shape;
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        JsonParser parser = in.parser();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            in.wrongType("an object");
            return null;
        }
        @Nullable String first = parser.nextFieldName();
        boolean tagFirst = TAG.equals(first);
        @Nullable FieldsCodec variant;
        if (tagFirst) {
            parser.nextToken();
            variant = variant(in, parser);
            parser.skipChildren();
            first = parser.nextFieldName();
        } else {
            variant = lookAhead(in);
        }
        if (variant != null) {
            return variant.readFields(in, first, tagFirst);
        }
        for (@Nullable String name = first; name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            parser.skipChildren();
        }
        return null;
    }

    /** PostgreSQL's {@code jsonb} orders fields by length, so the type may come after others. */
    private @Nullable FieldsCodec lookAhead(JsonInput in) throws IOException {
        int start = in.objectStart(in.parser().currentTokenLocation().getByteOffset());
        try (JsonParser ahead = in.parserFrom(start)) {
            ahead.nextToken();
            while (ahead.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = TAG.equals(ahead.currentName());
                ahead.nextToken();
                if (found) {
                    return variant(in, ahead);
                }
                ahead.skipChildren();
            }
        } catch (JacksonException e) {
            return null; // the parser itself is about to meet the same, and knows where in the document it is
        }
        in.violationOf(TAG, "missing", "must be there: one of " + byName.keySet());
        return null;
    }

    private @Nullable FieldsCodec variant(JsonInput in, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            in.violationOf(TAG, "wrong-type", "must be a string: one of " + byName.keySet());
            return null;
        }
        String name = parser.getText();
        @Nullable FieldsCodec variant = byName.get(name);
        if (variant == null) {
            in.violationOf(TAG, "unknown",
                    "must be one of %s, but is %s".formatted(byName.keySet(), Text.quoted(name)));
        }
        return variant;
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        @Nullable Variant variant = byClass.get(value.getClass());
        if (variant == null) {
            throw out.refusal("must be one of %s, but is a %s".formatted(byName.keySet(), value.getClass().getName()));
        }
        out.generator().writeStartObject();
        out.generator().writeFieldName(TAG_FIELD);
        out.generator().writeString(variant.name());
        variant.fields().writeFields(out, value);
        out.generator().writeEndObject();
    }
}

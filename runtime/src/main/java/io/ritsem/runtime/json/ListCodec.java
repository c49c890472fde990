package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** {@code List}: immutable when read. */
record ListCodec(Codec element, Shape shape) implements Codec {

    ListCodec(Codec element) {
        this(element, new Shape.ListOf(element.shape()));
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        if (in.parser().currentToken() != JsonToken.START_ARRAY) {
            in.wrongType("an array");
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>();
        while (in.parser().nextToken() != JsonToken.END_ARRAY) {
            in.path().enter(elements.size());
            elements.add(element.read(in));
            in.path().leave();
        }
        return Collections.unmodifiableList(elements);
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        write(out, (List<?>) value, element);
    }

    static void write(JsonOutput out, List<?> list, ValueWriter element) throws IOException {
        out.generator().writeStartArray();
        int index = 0;
        for (@Nullable Object item : list) {
            out.path().enter(index++);
            element.write(out, out.present(item));
            out.path().leave();
        }
        out.generator().writeEndArray();
    }
}

package io.ritsem.runtime.json;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** {@code boolean}. */
record BoolCodec() implements Codec {

    @Override public Shape shape() {
        return new Shape.Bool();
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        JsonToken token = in.parser().currentToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        in.wrongType("true or false");
        return null;
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        out.generator().writeBoolean((Boolean) value);
    }
}

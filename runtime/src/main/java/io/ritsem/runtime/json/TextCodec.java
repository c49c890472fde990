package io.ritsem.runtime.json;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** {@code String}. */
record TextCodec() implements Codec {

    @Override public Shape shape() {
        return new Shape.Text();
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        return in.text("a string");
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        out.text((String) value);
    }
}

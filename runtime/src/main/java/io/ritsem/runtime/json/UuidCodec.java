package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** {@code UUID}: read in either case, written in lower case. */
record UuidCodec() implements Codec {

    /** {@link UUID#fromString} alone also takes shorter groups and signs. */
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    @Override public Shape shape() {
        return new Shape.Uuid();
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        @Nullable String text = in.text("a UUID as a string");
        if (text == null) {
            return null;
        }
        if (!FORM.matcher(text).matches()) {
            in.violation("invalid", "must be a UUID, such as \"0193e5b0-1f6a-7c3e-9b55-3f1f0c2d7a10\", but is "
                    + Text.quoted(text));
            return null;
        }
        return UUID.fromString(text);
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        out.generator().writeString(value.toString());
    }
}

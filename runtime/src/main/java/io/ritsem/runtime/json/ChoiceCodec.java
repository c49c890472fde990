package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** An enum. */
final class ChoiceCodec implements Codec {

    private final Map<String, Object> constants = new LinkedHashMap<>();
    private final Shape shape;

    ChoiceCodec(Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name(), constant);
        }
        shape = new Shape.Choice(List.copyOf(constants.keySet()));
    }

    @Override public Shape shape() {
        return shape;
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        @Nullable String name = in.text("one of " + constants.keySet() + " as a string");
        if (name == null) {
            return null;
        }
        @Nullable Object constant = constants.get(name);
        if (constant == null) {
            in.violation("unknown", "must be one of %s, but is %s".formatted(constants.keySet(), Text.quoted(name)));
        }
        return constant;
    }

    /** Reads a stored value: null, and nothing noted down, if there is no such constant any more. */
    @Nullable Object readIfKnown(JsonInput in) throws IOException {
        @Nullable String name = in.text("one of " + constants.keySet() + " as a string");
        return name == null ? null : constants.get(name);
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        out.generator().writeString(((Enum<?>) value).name());
    }
}

package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

/** {@code Map} from strings: immutable and in document order when read, sorted by key when written. */
record MapCodec(Codec value, Shape shape) implements Codec {

    MapCodec(Codec value) {
        this(value, new Shape.MapOf(value.shape()));
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        JsonParser parser = in.parser();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            in.wrongType("an object");
            return null;
        }
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            in.path().enter(key);
            int bad = Text.firstUnwritable(key);
            if (bad >= 0) {
                in.violation("invalid", "the name " + Text.complaint(key, bad));
            } else if (entries.containsKey(key)) {
                in.violation("invalid", "must be there only once");
            }
            parser.nextToken();
            entries.put(key, value.read(in));
            in.path().leave();
        }
        return Collections.unmodifiableMap(entries);
    }

    @Override public void write(JsonOutput out, Object map) throws IOException {
        out.generator().writeStartObject();
        for (Map.Entry<?, ?> entry : sorted((Map<?, ?>) map).entrySet()) {
            out.key((String) entry.getKey());
            @Nullable Object item = entry.getValue();
            if (item == null) {
                throw out.refusal("must not be null");
            }
            value.write(out, item);
            out.path().leave();
        }
        out.generator().writeEndObject();
    }

    /** By key, whatever order the map itself has: equal maps must give equal bytes. */
    private static Map<?, ?> sorted(Map<?, ?> map) {
        if (map.size() < 2) {
            return map;
        }
        Map<Object, Object> sorted = new TreeMap<>();
        sorted.putAll(map);
        return sorted;
    }
}

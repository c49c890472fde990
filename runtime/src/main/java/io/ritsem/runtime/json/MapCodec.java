package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

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
        write(out, (Map<?, ?>) map, value);
    }

    /** Sorts by key, whatever order the map itself has: equal maps must give equal bytes. */
    static void write(JsonOutput out, Map<?, ?> map, ValueWriter value) throws IOException {
        String[] keys = new String[map.size()];
        int count = 0;
        for (@Nullable Object key : map.keySet()) {
            if (!(key instanceof String text)) {
                throw out.refusal("must have strings as keys, but has " + key);
            }
            keys[count++] = text;
        }
        Arrays.sort(keys);
        out.generator().writeStartObject();
        for (String key : keys) {
            out.key(key);
            value.write(out, out.present(map.get(key)));
            out.path().leave();
        }
        out.generator().writeEndObject();
    }
}

package io.ritsem.http.query;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/** Percent-encoding of URLs, read strictly: what is not well-formed UTF-8 is nobody's text. Stateless. */
final class Percent {

    private Percent() {}

    /** The text of a path segment, or null if it is malformed. */
    static @Nullable String decodeSegment(String raw) {
        return decode(raw, '+');
    }

    /** The text of a part of a query string, where a plus is a blank, or null if it is malformed. */
    static @Nullable String decodeQuery(String raw) {
        return decode(raw, ' ');
    }

    private static @Nullable String decode(String raw, char plus) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char next = raw.charAt(i);
            if (next == '%') {
                if (i + 2 >= raw.length()) {
                    return null;
                }
                int high = Character.digit(raw.charAt(i + 1), 16);
                int low = Character.digit(raw.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    return null;
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (next < 0x80) {
                bytes.write(next == '+' ? plus : next);
            } else {
                return null;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }
}

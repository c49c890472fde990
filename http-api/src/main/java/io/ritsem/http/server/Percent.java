package io.ritsem.http.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/** Percent-encoding of URLs, read strictly: what is not well-formed UTF-8 is nobody's text. Stateless. */
final class Percent {

    private static final char BEYOND_ASCII = 0x80;

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
        if (isPlain(raw)) {
            return raw;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char next = raw.charAt(i);
            if (next == '%') {
                int octet = octet(raw, i + 1);
                if (octet < 0) {
                    return null;
                }
                bytes.write(octet);
                i += 2;
            } else if (next < BEYOND_ASCII) {
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

    private static boolean isPlain(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            char next = raw.charAt(i);
            if (next == '%' || next == '+' || next >= BEYOND_ASCII) {
                return false;
            }
        }
        return true;
    }

    private static int octet(String raw, int at) {
        if (at + 1 >= raw.length()) {
            return -1;
        }
        int high = digit(raw.charAt(at));
        int low = digit(raw.charAt(at + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static int digit(char hex) {
        return hex < BEYOND_ASCII ? Character.digit(hex, 16) : -1;
    }
}

package io.ritsem.http.json;

import java.util.Arrays;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Writes one JSON document into one array. Confined to its answer; the caller places braces and commas. */
public final class JsonBytes {

    private static final char REPLACEMENT = '\uFFFD';

    private byte[] bytes;
    private int length;

    /** @param capacity how many bytes it will be, roughly */
    public JsonBytes(int capacity) {
        bytes = new byte[capacity];
    }

    /** Braces, commas, names: ASCII that is JSON already. */
    public JsonBytes ascii(String json) {
        int count = json.length();
        ensure(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) json.charAt(i);
        }
        return this;
    }

    /** A value that is JSON already. */
    public JsonBytes raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /** A number. */
    public JsonBytes number(long value) {
        return ascii(Long.toString(value));
    }

    /** Any text as a JSON string; a lone surrogate becomes U+FFFD. */
    public JsonBytes string(String text) {
        if (isPlain(text)) {
            ensure(text.length() + 2);
            bytes[length++] = '"';
            for (int i = 0; i < text.length(); i++) {
                bytes[length++] = (byte) text.charAt(i);
            }
            bytes[length++] = '"';
            return this;
        }
        return ascii("\"").raw(JsonStringEncoder.getInstance().quoteAsUTF8(wellFormed(text))).ascii("\"");
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next < ' ' || next > '~' || next == '"' || next == '\\') {
                return false;
            }
        }
        return true;
    }

    private static String wellFormed(String text) {
        StringBuilder result = new StringBuilder(text);
        for (int i = 0; i < result.length(); i++) {
            char next = result.charAt(i);
            boolean pair = Character.isHighSurrogate(next) && i + 1 < result.length()
                    && Character.isLowSurrogate(result.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(next)) {
                result.setCharAt(i, REPLACEMENT);
            }
        }
        return result.toString();
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** All of it. */
    public byte[] toByteArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}

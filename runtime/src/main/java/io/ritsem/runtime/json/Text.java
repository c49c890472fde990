package io.ritsem.runtime.json;

/** What a string may contain: anything that PostgreSQL can hold and UTF-8 can say. Stateless. */
final class Text {

    /** The longest string or field name, in characters. */
    static final int LONGEST = 1 << 20;

    private static final int QUOTED = 60;

    private Text() {}

    /** Where the first U+0000 or lone surrogate is, or -1. */
    static int firstUnwritable(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0 || c >= Character.MIN_SURROGATE) { // which nearly no text has
                return nextUnwritable(text, i);
            }
        }
        return -1;
    }

    private static int nextUnwritable(CharSequence text, int from) {
        int length = text.length();
        for (int i = from; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return i;
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c) && i + 1 < length
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    /** What is wrong with the character there. */
    static String complaint(String text, int at) {
        return text.charAt(at) == 0 ? "must not contain U+0000" : "must not contain a lone surrogate";
    }

    /** The same text with U+FFFD for everything that cannot be written. */
    static String writable(String text) {
        int at = firstUnwritable(text);
        if (at < 0) {
            return text;
        }
        StringBuilder writable = new StringBuilder(text);
        while (at >= 0) {
            writable.setCharAt(at, '\uFFFD');
            at = nextUnwritable(writable, at + 1);
        }
        return writable.toString();
    }

    /** The text in quotes, shortened to be part of a message. */
    static String quoted(String text) {
        return "'" + shortened(text, QUOTED) + "'";
    }

    /** The text, or its beginning and three points. */
    static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }
}

package io.ritsem.projections.engine;

import io.ritsem.projections.store.ViewTable;

/** What PostgreSQL can hold as a key. Stateless. */
final class RowKey {

    private RowKey() {}

    /** Whether there can be a row of this key. */
    static boolean isOne(String key) {
        int bytes = bytes(key);
        return bytes >= 1 && bytes <= ViewTable.LONGEST_KEY;
    }

    /** @throws IllegalArgumentException if there can be no row of this key */
    static void check(String key) {
        if (!isOne(key)) {
            int bytes = bytes(key);
            throw new IllegalArgumentException(
                    "The key of a row has 1 to %d bytes in UTF-8, no U+0000 and no lone surrogate; this one has %s: %s"
                            .formatted(ViewTable.LONGEST_KEY, bytes < 0 ? "one" : Integer.toString(bytes),
                                    key.substring(0, Math.min(40, key.length()))));
        }
    }

    /** How many bytes a text has in UTF-8, or -1 if PostgreSQL cannot hold it: U+0000 or a lone surrogate. */
    static int bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == 0) {
                return -1;
            } else if (unit < 0x80) {
                bytes += 1;
            } else if (unit < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(unit)) {
                bytes += 3;
            } else if (i + 1 < text.length() && Character.isSurrogatePair(unit, text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }
}

package io.ritsem.projections.engine;

/** What PostgreSQL can hold as a key. Stateless. */
final class RowKey {

    private RowKey() {}

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

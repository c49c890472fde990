package io.ritsem.projections.engine;

/** Why an operator does something, as the audit keeps it. Stateless. */
public final class Reason {

    private static final int LONGEST = 500;

    /** What a reason has to be, for a person. */
    public static final String RIGHT = "A reason is 1 to " + LONGEST
            + " characters, not all blank, without U+0000 and lone surrogates";

    private Reason() {}

    /** Whether a text may be a reason. */
    public static boolean isRight(String text) {
        return !text.isBlank() && text.length() <= LONGEST && RowKey.bytes(text) >= 0;
    }

    /** @throws IllegalArgumentException if a text is none */
    static void check(String text) {
        if (!isRight(text)) {
            throw new IllegalArgumentException(RIGHT);
        }
    }
}

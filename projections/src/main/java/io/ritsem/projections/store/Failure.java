package io.ritsem.projections.store;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * Why an event could not be applied, for operators; PostgreSQL can hold it.
 *
 * @param error the exception's class and message, 2,000 characters at most
 * @param stack its stack, 20,000 characters at most
 */
public record Failure(String error, String stack) {

    private static final int LONGEST_ERROR = 2_000;
    private static final int LONGEST_STACK = 20_000;

    /** What was thrown; it may be anything, even an exception whose message throws. */
    public static Failure of(Throwable thrown) {
        try {
            StringWriter stack = new StringWriter();
            thrown.printStackTrace(new PrintWriter(stack));
            return new Failure(kept(thrown.toString(), LONGEST_ERROR), kept(stack.toString(), LONGEST_STACK));
        } catch (RuntimeException again) {
            return new Failure(thrown.getClass().getName(), again.getClass().getName());
        }
    }

    private static String kept(String text, int longest) {
        StringBuilder kept = new StringBuilder(text.substring(0, Math.min(longest, text.length())));
        for (int i = 0; i < kept.length(); i++) {
            char unit = kept.charAt(i);
            if (Character.isHighSurrogate(unit) && i + 1 < kept.length()
                    && Character.isLowSurrogate(kept.charAt(i + 1))) {
                i++;
            } else if (unit == 0 || Character.isSurrogate(unit)) {
                kept.setCharAt(i, '\uFFFD');
            }
        }
        return kept.toString();
    }
}

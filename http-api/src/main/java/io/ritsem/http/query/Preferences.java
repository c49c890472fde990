package io.ritsem.http.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;

/**
 * What a reader prefers (RFC 7240): how long to wait for the view, and whether a stale answer is better than none.
 * Immutable.
 *
 * @param longestWait how long to wait at most
 * @param lenient whether to answer from a view that is behind
 * @param applied what the answer says it has followed
 * @param errors what is wrong with the header
 */
record Preferences(Duration longestWait, boolean lenient, List<String> applied, List<InvalidInput> errors) {

    private static final Duration USUAL_WAIT = Duration.ofSeconds(5);
    private static final int LONGEST_WAIT_SECONDS = 30;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}");
    private static final String HEADER = "Prefer";

    /** @param headers the values of all {@code Prefer} headers; what we do not know is ignored, as the RFC wants it */
    static Preferences parse(List<String> headers) {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String header : headers) {
            for (String preference : header.split(",")) {
                String[] nameAndValue = preference.split(";", 2)[0].split("=", 2);
                String value = nameAndValue.length < 2 ? "" : nameAndValue[1].strip();
                if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
                    value = value.substring(1, value.length() - 1);
                }
                asked.putIfAbsent(nameAndValue[0].strip().toLowerCase(Locale.ROOT), value);
            }
        }
        List<InvalidInput> errors = new ArrayList<>();
        List<String> applied = new ArrayList<>();
        Duration wait = wait(asked.get("wait"), applied, errors);
        boolean lenient = lenient(asked.get("handling"), applied, errors);
        return new Preferences(wait, lenient, List.copyOf(applied), List.copyOf(errors));
    }

    private static Duration wait(@Nullable String value, List<String> applied, List<InvalidInput> errors) {
        if (value == null) {
            return USUAL_WAIT;
        }
        if (!SECONDS.matcher(value).matches() || Integer.parseInt(value) > LONGEST_WAIT_SECONDS) {
            errors.add(InvalidInput.header(HEADER,
                    "wait must be a whole number of seconds from 0 to " + LONGEST_WAIT_SECONDS));
            return USUAL_WAIT;
        }
        applied.add("wait=" + Integer.parseInt(value));
        return Duration.ofSeconds(Integer.parseInt(value));
    }

    private static boolean lenient(@Nullable String value, List<String> applied, List<InvalidInput> errors) {
        if (value == null) {
            return false;
        }
        if (!value.equals("lenient") && !value.equals("strict")) {
            errors.add(InvalidInput.header(HEADER, "handling must be strict or lenient"));
            return false;
        }
        applied.add("handling=" + value);
        return value.equals("lenient");
    }
}

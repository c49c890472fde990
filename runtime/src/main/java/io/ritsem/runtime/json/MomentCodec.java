package io.ritsem.runtime.json;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** {@code Instant} of the years 0000 to 9999: RFC 3339, UTC, with none, three or six digits of a second when written. */
record MomentCodec() implements Codec {

    private static final Pattern FORM = Pattern
            .compile("([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?)Z");
    private static final Pattern END_OF_DAY = Pattern.compile(".*T24:.*");
    private static final int LONGEST_FRACTION = ".123456".length();
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant BEYOND = Instant.parse("+10000-01-01T00:00:00Z");

    @Override public Shape shape() {
        return new Shape.Moment();
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        @Nullable String text = in.text("an instant as a string");
        if (text == null) {
            return null;
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            in.violation("invalid", "must be an instant in UTC, such as \"2026-11-21T09:30:00.123456Z\", but is "
                    + Text.quoted(text));
            return null;
        }
        @Nullable String fraction = form.group(2);
        if (fraction != null && fraction.length() > LONGEST_FRACTION) {
            in.violation("out-of-range", "must be no more precise than microseconds, but is " + Text.quoted(text));
            return null;
        }
        try {
            if (!END_OF_DAY.matcher(text).matches()) {
                return LocalDateTime.parse(text.substring(0, text.length() - 1)).toInstant(ZoneOffset.UTC);
            }
        } catch (DateTimeException e) {
            // No such day or time: the same answer as to the hour 24, which the parser takes for the next day.
        }
        in.violation("out-of-range", "must be a time of a day of the calendar, but is " + Text.quoted(text));
        return null;
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        Instant moment = (Instant) value;
        if (moment.isBefore(FIRST) || !moment.isBefore(BEYOND)) {
            throw out.refusal("must be of the years 0000 to 9999, but is " + moment);
        }
        if (!moment.truncatedTo(ChronoUnit.MICROS).equals(moment)) {
            throw out.refusal("must be no more precise than microseconds, but is " + moment);
        }
        out.generator().writeString(moment.toString());
    }
}

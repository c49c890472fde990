package io.ritsem.runtime.json;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** {@code LocalDate} of the years 0000 to 9999. */
record DayCodec() implements Codec {

    private static final int LAST_YEAR = 9999;
    private static final Pattern FORM = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    @Override public Shape shape() {
        return new Shape.Day();
    }

    @Override public @Nullable Object read(JsonInput in) throws IOException {
        @Nullable String text = in.text("a date as a string");
        if (text == null) {
            return null;
        }
        try {
            if (FORM.matcher(text).matches()) {
                return LocalDate.parse(text);
            }
        } catch (DateTimeException e) {
            in.violation("out-of-range", "must be a day of the calendar, but is " + Text.quoted(text));
            return null;
        }
        in.violation("invalid", "must be a date, such as \"2026-11-21\", but is " + Text.quoted(text));
        return null;
    }

    @Override public void write(JsonOutput out, Object value) throws IOException {
        LocalDate day = (LocalDate) value;
        if (day.getYear() < 0 || day.getYear() > LAST_YEAR) {
            throw out.refusal("must be a date of the years 0000 to 9999, but is " + day);
        }
        out.generator().writeString(day.toString());
    }
}

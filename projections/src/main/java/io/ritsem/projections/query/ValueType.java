package io.ritsem.projections.query;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/**
 * How the text of a query becomes a value that SQL compares, and back: a bad text is told to the client, it never
 * reaches the database. Immutable.
 */
sealed interface ValueType {

    /** What is wrong with a text that is no value of the type; the advice goes to the client. */
    final class BadValueException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String code;
        private final String advice;

        BadValueException(String code, String advice) {
            super(advice);
            this.code = code;
            this.advice = advice;
        }

        String code() {
            return code;
        }

        String advice() {
            return advice;
        }
    }

    /** The type of a row's field. */
    static ValueType of(Shape shape) {
        return switch (shape) {
            case Shape.Text _ -> new Text();
            case Shape.Decimal _ -> new Decimal();
            case Shape.Whole(long least, long greatest) -> new Whole(least, greatest);
            case Shape.Bool _ -> new Bool();
            case Shape.Moment _ -> new Moment();
            case Shape.Day _ -> new Day();
            case Shape.Uuid _ -> new Uuid();
            case Shape.Choice(List<String> names) -> new Choice(names);
            case Shape.ListOf _,Shape.MapOf _,Shape.Fields _,Shape.OneOf _ -> throw new IllegalArgumentException(
                    "There is no order on " + shape);
        };
    }

    /** What a client wrote, as a JDBC value. */
    Object parse(String text) throws BadValueException;

    /** What a cursor says of the row where the page before ended: the text of the indexed value. */
    default Object restore(String text) throws BadValueException {
        return parse(text);
    }

    /** What PostgreSQL says a value of a row is, as the Java value that {@link #parse} gives of the same. */
    default Object stored(String text) {
        return text;
    }

    /** The name of PostgreSQL's type, for arrays. */
    default String sqlType() {
        return "text";
    }

    /** What can be asked of it. */
    default Set<Operator> operators() {
        return EnumSet.complementOf(EnumSet.of(Operator.PREFIX));
    }

    /** Any text that PostgreSQL can hold. */
    record Text() implements ValueType {

        @Override public String parse(String text) throws BadValueException {
            if (text.indexOf('\0') >= 0) {
                throw new BadValueException("invalid", "must not contain U+0000, which no row can");
            }
            return text;
        }

        @Override public Set<Operator> operators() {
            return EnumSet.allOf(Operator.class);
        }
    }

    /** An exact decimal. */
    record Decimal() implements ValueType {

        private static final Pattern PLAIN = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
        private static final int DIGITS = 38;
        private static final int LONGEST = "-.".length() + 2 * DIGITS;

        @Override public BigDecimal parse(String text) throws BadValueException {
            if (!PLAIN.matcher(text).matches()) {
                throw new BadValueException("wrong-type", "must be a decimal of plain digits, such as -12.50");
            }
            if (text.length() <= LONGEST) {
                BigDecimal value = new BigDecimal(text);
                if (value.precision() <= DIGITS && value.scale() <= DIGITS) {
                    return value;
                }
            }
            throw new BadValueException("out-of-range", "must have at most " + DIGITS + " digits");
        }

        @Override public BigDecimal stored(String text) {
            return new BigDecimal(text);
        }

        @Override public String sqlType() {
            return "numeric";
        }
    }

    /** A whole number. */
    record Whole(long least, long greatest) implements ValueType {

        private static final Pattern PLAIN = Pattern.compile("-?[0-9]+");

        @Override public Long parse(String text) throws BadValueException {
            if (!PLAIN.matcher(text).matches()) {
                throw new BadValueException("wrong-type", "must be a whole number");
            }
            try {
                long value = Long.parseLong(text);
                if (value >= least && value <= greatest) {
                    return value;
                }
            } catch (NumberFormatException tooLong) {
                // Below.
            }
            throw new BadValueException("out-of-range", "must be from %d to %d".formatted(least, greatest));
        }

        @Override public Long stored(String text) {
            return Long.valueOf(text);
        }

        @Override public String sqlType() {
            return "int8";
        }
    }

    /** True or false. */
    record Bool() implements ValueType {

        @Override public Boolean parse(String text) throws BadValueException {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new BadValueException("wrong-type", "must be true or false");
            };
        }

        @Override public Boolean stored(String text) {
            return Boolean.valueOf(text);
        }

        @Override public String sqlType() {
            return "bool";
        }

        @Override public Set<Operator> operators() {
            return EnumSet.of(Operator.EQ, Operator.NE, Operator.IN, Operator.EXISTS);
        }
    }

    /** A time that a row holds: its text without the Z, which orders as time does (years 0 to 9999). */
    record Moment() implements ValueType {

        @Override public String parse(String text) throws BadValueException {
            String json = new String(JsonType.of(Instant.class).encode(instant(text)), StandardCharsets.UTF_8);
            return json.substring("\"".length(), json.length() - "Z\"".length());
        }

        @Override public String restore(String text) throws BadValueException {
            return parse(text + "Z");
        }

        static Instant instant(String text) throws BadValueException {
            try {
                Instant time = Instant.parse(text);
                int year = time.atOffset(ZoneOffset.UTC).getYear();
                if (year < 0 || year > 9999 || time.get(ChronoField.NANO_OF_SECOND) % 1000 != 0) {
                    throw new BadValueException("out-of-range",
                            "must be of the years 0000 to 9999 and at most to the microsecond");
                }
                return time;
            } catch (DateTimeException malformed) {
                throw new BadValueException("wrong-type",
                        "must be a time as in RFC 3339, such as 2026-11-21T09:30:00Z");
            }
        }
    }

    /** The time in the row's own column. PostgreSQL knows no year 0. */
    record Timestamp() implements ValueType {

        @Override public OffsetDateTime parse(String text) throws BadValueException {
            OffsetDateTime time = Moment.instant(text).atOffset(ZoneOffset.UTC);
            if (time.getYear() == 0) {
                throw new BadValueException("out-of-range", "must be of the years 0001 to 9999");
            }
            return time;
        }

        @Override public String sqlType() {
            return "timestamptz";
        }
    }

    /** A day, as ISO 8601 writes it, which orders as time does (years 0 to 9999). */
    record Day() implements ValueType {

        @Override public String parse(String text) throws BadValueException {
            try {
                LocalDate day = LocalDate.parse(text);
                if (day.getYear() < 0 || day.getYear() > 9999) {
                    throw new BadValueException("out-of-range", "must be of the years 0000 to 9999");
                }
                return day.toString();
            } catch (DateTimeException malformed) {
                throw new BadValueException("wrong-type", "must be a day, such as 2026-11-21");
            }
        }
    }

    /** A UUID, in lower case. */
    record Uuid() implements ValueType {

        private static final Pattern FORM = Pattern
                .compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

        @Override public String parse(String text) throws BadValueException {
            if (!FORM.matcher(text).matches()) {
                throw new BadValueException("wrong-type", "must be a UUID");
            }
            return UUID.fromString(text).toString();
        }
    }

    /** A constant of an enum; sorts by its name. */
    record Choice(List<String> names) implements ValueType {

        @Override public String parse(String text) throws BadValueException {
            if (!names.contains(text)) {
                throw new BadValueException("invalid", "must be one of " + String.join(", ", names));
            }
            return text;
        }

        /** A row may hold a constant that has gone since. */
        @Override public String restore(String text) throws BadValueException {
            return new Text().parse(text);
        }

        @Override public Set<Operator> operators() {
            return EnumSet.of(Operator.EQ, Operator.NE, Operator.IN, Operator.EXISTS);
        }
    }
}

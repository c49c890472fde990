package io.ritsem.runtime.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the JSON of a Java type looks like. Derived once from the type; codec, validation, schema and fingerprint all
 * follow from it. Immutable.
 */
public sealed interface Shape {

    /** A {@code String}: any text but U+0000 and lone surrogates. */
    record Text() implements Shape {}

    /** A {@code BigDecimal}: a string of plain digits, scale kept, at most 38 digits. */
    record Decimal() implements Shape {}

    /** An {@code int} or {@code long}: a number within its bounds. */
    record Whole(long least, long greatest) implements Shape {}

    /** A {@code boolean}. */
    record Bool() implements Shape {}

    /** An {@code Instant}: RFC 3339, UTC, at most microseconds. */
    record Moment() implements Shape {}

    /** A {@code LocalDate}: {@code 1993-12-31}. */
    record Day() implements Shape {}

    /** A {@code UUID}. */
    record Uuid() implements Shape {}

    /** An enum, by the names of its constants. */
    record Choice(List<String> names) implements Shape {
        public Choice {
            names = List.copyOf(names);
        }
    }

    /** A {@code List}. */
    record ListOf(Shape element) implements Shape {}

    /** A {@code Map<String, T>}. */
    record MapOf(Shape value) implements Shape {}

    /** A record: its components by name, in order. */
    record Fields(Map<String, Field> fields) implements Shape {
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** A component: {@code optional} if it may be absent ({@code Optional} or {@code @Nullable}). */
    record Field(Shape shape, boolean optional) {}

    /** A sealed interface of records: the record's fields and {@code "type": "its-name"}. */
    record OneOf(Map<String, Fields> variants) implements Shape {
        public OneOf {
            variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
        }
    }
}

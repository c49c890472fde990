package io.ritsem.projections.query;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.query.TestView.Kind;
import io.ritsem.projections.query.TestView.Row;
import io.ritsem.projections.query.TestView.Stored;

/** Rows with what orders stumble over: nulls, ties, signs, long and empty texts, what is beyond 16 bits. */
final class RandomRows {

    private static final List<Kind> KINDS = List.of(Kind.values());

    private RandomRows() {}

    static Map<String, Stored> of(Random random, int count) {
        Map<String, Stored> rows = new HashMap<>();
        while (rows.size() < count) {
            Stored row = row(random, key(random));
            rows.put(row.key(), row);
        }
        return rows;
    }

    static @Nullable String start(@Nullable String text) {
        return text == null ? null
                : text.codePoints()
                        .limit(256)
                        .collect(StringBuilder::new,
                                StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    static int compareCodePoints(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    static Stored row(Random random, String key) {
        Row row = new Row(orNull(random, text(random)),
                orNull(random, new BigDecimal(random.nextInt(40) - 20).movePointLeft(random.nextInt(3))),
                orNull(random, random.nextLong(-5, 5) * (random.nextInt(4) == 0 ? Integer.MAX_VALUE : 1L)),
                orNull(random, random.nextBoolean()),
                orNull(random,
                        Instant.ofEpochSecond(random.nextInt(3), random.nextInt(5) * 500_000L * random.nextInt(2))),
                orNull(random, KINDS.get(random.nextInt(KINDS.size()))), "note");
        return new Stored(key, row, random.nextBoolean() ? null : random.nextLong(100),
                Instant.ofEpochSecond(1_700_000_000 + random.nextInt(20), random.nextInt(3) * 1000L));
    }

    private static String text(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "alice".substring(random.nextInt(5)) + random.nextInt(3);
            case 2 -> "\uD83D\uDE00".repeat(random.nextInt(4)) + "\uFFFD".repeat(random.nextInt(2));
            case 3 -> "long".repeat(2_500) + random.nextInt(3);
            case 4 -> "\uD83D\uDE00".repeat(254 + random.nextInt(4));
            default -> "Zoë O'Brien \\ % _ \"";
        };
    }

    static String key(Random random) {
        return (random.nextBoolean() ? "k/" : "\uD83D\uDE00 ") + random.nextInt(1_000_000)
                + (random.nextInt(10) == 0 ? "x".repeat(480) : "");
    }

    private static <T> @Nullable T orNull(Random random, T value) {
        return random.nextInt(5) == 0 ? null : value;
    }
}

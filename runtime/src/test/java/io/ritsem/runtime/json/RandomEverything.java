package io.ritsem.runtime.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.json.Everything.Colour;
import io.ritsem.runtime.json.Everything.Empty;
import io.ritsem.runtime.json.Everything.Line;
import io.ritsem.runtime.json.Everything.Payment;

/** Makes values that are at the edges more often than chance would have it. Confined to one thread. */
final class RandomEverything {

    private static final String[] PIECES = {"", "a", "/", "~", "\"", "\\", "\n", "\u0001", "\u007f", "é", "\u2028", "漢",
        "😀",
        "\uFFFF", "\uD7FF\uE000", "type", " "};
    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final SplittableRandom random;

    RandomEverything(SplittableRandom random) {
        this.random = random;
    }

    Everything next() {
        return new Everything(text(), decimal(), whole(Integer.MIN_VALUE, Integer.MAX_VALUE).intValue(),
                whole(Integer.MIN_VALUE, Integer.MAX_VALUE).intValue(), whole(Long.MIN_VALUE, Long.MAX_VALUE),
                whole(Long.MIN_VALUE, Long.MAX_VALUE), random.nextBoolean(), random.nextBoolean(), moment(), day(),
                new UUID(random.nextLong(), random.nextLong()), colour(), list(this::line), prices(), line(), payment(),
                optional(this::text), nullable(this::moment), nullable(this::colour), optional(this::payment),
                new Empty());
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private BigDecimal decimal() {
        int digits = random.nextInt(1, 39);
        StringBuilder unscaled = new StringBuilder(random.nextBoolean() ? "-" : "");
        for (int i = 0; i < digits; i++) {
            unscaled.append(random.nextInt(4) == 0 ? 0 : random.nextInt(10));
        }
        return new BigDecimal(new BigInteger(unscaled.toString()), random.nextInt(0, digits));
    }

    private Long whole(long least, long greatest) {
        return switch (random.nextInt(4)) {
            case 0 -> least;
            case 1 -> greatest;
            case 2 -> (long) random.nextInt(-2, 3);
            default -> random.nextLong(least, greatest);
        };
    }

    private Instant moment() {
        return switch (random.nextInt(5)) {
            case 0 -> FIRST;
            case 1 -> LAST;
            case 2 -> Instant.ofEpochSecond(random.nextLong(FIRST.getEpochSecond(), LAST.getEpochSecond()));
            case 3 -> Instant.ofEpochMilli(random.nextLong(FIRST.toEpochMilli(), LAST.toEpochMilli()));
            default -> Instant.ofEpochSecond(random.nextLong(FIRST.getEpochSecond(), LAST.getEpochSecond()),
                    random.nextInt(1_000_000) * 1000L);
        };
    }

    private LocalDate day() {
        return LocalDate.ofEpochDay(
                random.nextLong(LocalDate.of(0, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay() + 1));
    }

    private Colour colour() {
        return random.nextBoolean() ? Colour.RED : Colour.GREEN;
    }

    private Line line() {
        return new Line(text(), random.nextInt());
    }

    private Map<String, List<BigDecimal>> prices() {
        Map<String, List<BigDecimal>> prices = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            prices.put(text(), list(this::decimal));
        }
        return prices;
    }

    private Payment payment() {
        return switch (random.nextInt(3)) {
            case 0 -> new Payment.Cash();
            case 1 -> new Payment.ByCard(text(), line());
            default -> new Payment.Later.OnAccount(list(this::line), nullable(random::nextInt));
        };
    }

    private <T> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private <T> Optional<T> optional(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> @Nullable T nullable(Supplier<T> value) {
        return random.nextBoolean() ? value.get() : null;
    }
}

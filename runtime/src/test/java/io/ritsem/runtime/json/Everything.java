package io.ritsem.runtime.json;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** A record with a component of every supported kind. */
record Everything(String text, BigDecimal decimal, int small, Integer boxedSmall, long big, Long boxedBig, boolean flag,
        Boolean boxedFlag, Instant moment, LocalDate day, UUID uuid, Colour colour, List<Line> lines,
        Map<String, List<BigDecimal>> prices, Line line, Payment payment, Optional<String> note,
        @Nullable Instant due, @Nullable Colour maybe, Optional<Payment> refund, Empty empty) {

    enum Colour {
        RED, GREEN {
            @Override public String toString() {
                return "a constant with a body";
            }
        }
    }

    record Line(String article, int count) {}

    record Empty() {}

    sealed interface Payment {

        record Cash() implements Payment {}

        record ByCard(String number, Line gift) implements Payment {}

        sealed interface Later extends Payment {

            record OnAccount(List<Line> parts, @Nullable Integer days) implements Later {}
        }
    }
}

package io.ritsem.runtime.json;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FingerprintTest {

    record Base(String owner, BigDecimal balance) {}

    record Renamed(String owner, BigDecimal balance) {}

    record Reordered(BigDecimal balance, String owner) {}

    record Retyped(String owner, String balance) {}

    record Refielded(String holder, BigDecimal balance) {}

    record Loosened(String owner, @Nullable BigDecimal balance) {}

    record LoosenedToo(String owner, Optional<BigDecimal> balance) {}

    record Grown(String owner, BigDecimal balance, boolean open) {}

    record Small(int count) {}

    record Big(long count) {}

    record Listed(List<String> names) {}

    record Mapped(Map<String, String> names) {}

    enum Size {
        BIG, SMALL
    }

    sealed interface Payment {
        record Cash() implements Payment {}

        record Card(Size size) implements Payment {}
    }

    @Test void is_the_same_for_the_same_json_form() {
        assertThat(of(Renamed.class)).isEqualTo(of(Base.class));
        assertThat(of(Reordered.class)).isEqualTo(of(Base.class));
        assertThat(of(LoosenedToo.class)).isEqualTo(of(Loosened.class));
    }

    @Test void differs_for_every_other() {
        assertThat(List.of(of(Base.class), of(Retyped.class), of(Refielded.class), of(Loosened.class), of(Grown.class),
                of(Small.class), of(Big.class), of(Listed.class), of(Mapped.class), of(Payment.class),
                of(Payment.Card.class), of(Payment.Cash.class))).doesNotHaveDuplicates();
    }

    @Test void is_the_same_for_ever() {
        assertThat(Fingerprint.text(JsonType.of(Payment.class).shape()))
                .isEqualTo("<card{size:enum[BIG, SMALL]}|cash{}>");
        assertThat(Fingerprint.text(JsonType.of(Loosened.class).shape())).isEqualTo("{balance?:decimal,owner:text}");
        assertThat(of(Base.class)).isEqualTo("5e9e20613c0c0b7558a6ceede634b8823b68effe41f296b09bc4c9df71db48a6");
    }

    private static String of(Class<?> type) {
        return JsonType.of(type).fingerprint();
    }
}

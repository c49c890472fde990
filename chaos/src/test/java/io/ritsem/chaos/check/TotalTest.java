package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TotalTest {

    private static final Total TOTAL = new Total(List.of("t0", "t1"), new BigDecimal("20.00"));

    @Test void accepts_money_that_was_only_moved_and_sees_what_is_lost_or_made() {
        assertThat(TOTAL.broken("in the journal", states("5.00", "15.0"))).isEmpty();
        assertThat(TOTAL.broken("in the journal", states("5.00", "14.99")))
                .contains("in the journal there is 19.99 where 20.00 was transferred");
        assertThat(TOTAL.broken("in the view", states("5.00", "15.01"))).isPresent();
        assertThat(TOTAL.broken("in the view", Map.of("t0", state("10.00")))).isPresent();
        assertThat(TOTAL.broken("in the view", Map.of("t0", state("5.00"), "t1", state("15.00"), "s0", state("1.00"))))
                .isEmpty();
    }

    private static Map<String, ViewState> states(String first, String second) {
        return Map.of("t0", state(first), "t1", state(second));
    }

    private static ViewState state(String balance) {
        return new ViewState(1, new BigDecimal(balance));
    }
}

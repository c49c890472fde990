package io.ritsem.chaos.views;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

class TallyTest {

    private static final Tally.Row ONCE = Tally.Row.NONE.then("a", 1, ZERO).then("b", 1, ONE);

    @Test void shows_an_event_that_was_missed_applied_twice_or_out_of_order() {
        assertThat(ONCE.events()).isEqualTo(2);
        assertThat(ONCE.money()).isEqualTo(new BigDecimal("1"));

        assertThat(Tally.Row.NONE.then("b", 1, ONE)).isNotEqualTo(ONCE);
        assertThat(ONCE.then("b", 1, ZERO).digest()).isNotEqualTo(ONCE.digest());
        assertThat(Tally.Row.NONE.then("b", 1, ONE).then("a", 1, ZERO).digest()).isNotEqualTo(ONCE.digest());
    }
}

package io.ritsem.projections.engine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionSizeTest {

    private final TransactionSize size = new TransactionSize(10_000);

    @Test void events_that_change_few_rows_are_taken_ever_more_at_once_up_to_the_most() {
        for (int time = 0; time < 10; time++) {
            assertThat(size.events()).isBetween(1_250, 10_000);
            size.was(size.events(), 1_000);
        }
        for (int time = 0; time < 10; time++) {
            size.was(size.events(), 1_000);
        }
        assertThat(size.events()).isEqualTo(10_000);
    }

    @Test void events_that_change_a_row_each_are_taken_in_small_numbers() {
        assertThat(size.events()).isEqualTo(1_250);
        size.was(1_250, 100);
        size.was(2_500, 2_500);
        assertThat(size.events()).isEqualTo(1_250);
        size.was(1_250, 2_500);
        assertThat(size.events()).isEqualTo(625);
    }

    @Test void a_few_events_tell_nothing_about_many() {
        size.was(3, 1);
        assertThat(size.events()).isEqualTo(1_250);
    }

    @Test void there_are_never_more_than_the_setting_nor_less_than_one() {
        TransactionSize one = new TransactionSize(1);
        one.was(1, 9_999);
        assertThat(one.events()).isEqualTo(1);
        one.was(1, 0);
        assertThat(one.events()).isEqualTo(1);
    }
}

package io.ritsem.projections.engine;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.runtime.gateway.UnavailableException;

import static org.assertj.core.api.Assertions.assertThat;

class ReadFailureTest {

    @ParameterizedTest @CsvSource({"08006, journal-away", "57P01, journal-away", "53300, journal-away",
        "40P01, journal-away", ", journal-away", "57014, query-too-slow",
        "55P03, view-busy"}) void what_another_attempt_may_get_over_is_unavailable(String state, String reason) {
        assertThat(ReadFailure.of(new SQLException("no", state))).isInstanceOfSatisfying(UnavailableException.class,
                unavailable -> assertThat(unavailable.reason()).isEqualTo(reason));
    }

    @Test void a_pool_that_has_no_connection_in_time_is_unavailable() {
        assertThat(ReadFailure.of(new SQLTransientConnectionException("none within 5 s", "42P01")))
                .isInstanceOf(UnavailableException.class);
    }

    @ParameterizedTest @ValueSource(strings = {"42P01", "23505", "22P02"}) void everything_else_is_a_bug(String state) {
        assertThat(ReadFailure.of(new SQLException("no", state))).isInstanceOf(IllegalStateException.class);
    }
}

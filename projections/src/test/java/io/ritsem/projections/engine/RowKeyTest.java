package io.ritsem.projections.engine;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RowKeyTest {

    @ParameterizedTest @ValueSource(
            strings = {"", "a", "grün", "漢字", "a😀b", "\u07ff\u0800\uffff\u007f\u0080"}) void counts_the_bytes_of_utf_8(
                    String key) {
        assertThat(RowKey.bytes(key)).isEqualTo(key.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test void sees_what_postgresql_cannot_hold() {
        assertThat(RowKey.bytes("a\0")).isNegative();
        assertThat(RowKey.bytes("a\ud83d")).isNegative();
        assertThat(RowKey.bytes("\ude00a")).isNegative();
        assertThat(RowKey.bytes("\ud83d\ud83d\ude00")).isNegative();
    }
}

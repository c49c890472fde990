package io.ritsem.runtime.journal;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConsistencyTokenTest {

    private static final long SEED = 20261121;

    @Test void every_token_is_read_back_from_its_text() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            ConsistencyToken token = random(random);
            String text = token.encode();
            assertThat(ConsistencyToken.parse(text)).isEqualTo(token);
            assertThat(text).matches("[A-Za-z0-9_-]+");
        }
    }

    @Test void equal_tokens_have_equal_texts() {
        Map<Integer, Long> seen = new HashMap<>();
        seen.put(31, 7L);
        seen.put(0, 9L);
        assertThat(new ConsistencyToken(1, seen).encode())
                .isEqualTo(new ConsistencyToken(1, Map.of(0, 9L, 31, 7L)).encode());
    }

    @Test void anything_else_is_refused_or_is_the_text_of_what_it_means() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = 1;
            }
            parsesOrRefuses(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            StringBuilder mutated = new StringBuilder(random(random).encode());
            mutated.setCharAt(random.nextInt(mutated.length()), (char) random.nextInt(300));
            parsesOrRefuses(mutated.toString());
        }
    }

    @ParameterizedTest @ValueSource(
            strings = {"", " ", "AA", "AQ", "AQEA==", "AQ-", "\u00e9", "AQEAAA"}) void these_are_no_tokens(
                    String text) {
        assertThatThrownBy(() -> ConsistencyToken.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not a consistency token");
    }

    @Test void a_token_of_one_write_is_short_and_one_of_a_whole_view_is_no_burden() {
        assertThat(ConsistencyToken.of(1, 17, 123_456_789).encode()).hasSizeLessThan(14);
        Map<Integer, Long> seen = new HashMap<>();
        for (int partition = 0; partition < 32; partition++) {
            seen.put(partition, 123_456_789L + partition * 50L);
        }
        assertThat(new ConsistencyToken(1, seen).encode()).hasSizeLessThan(150);
    }

    @Test void merging_takes_the_later_of_each_partition() {
        ConsistencyToken merged = new ConsistencyToken(1, Map.of(0, 5L, 1, 9L))
                .merge(new ConsistencyToken(1, Map.of(1, 8L, 2, 3L)));
        assertThat(merged).isEqualTo(new ConsistencyToken(1, Map.of(0, 5L, 1, 9L, 2, 3L)));
    }

    @Test void tokens_of_two_epochs_do_not_merge() {
        ConsistencyToken other = ConsistencyToken.of(2, 0, 1);
        assertThatThrownBy(() -> ConsistencyToken.of(1, 0, 1).merge(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 and 2");
    }

    private static void parsesOrRefuses(String text) {
        ConsistencyToken token;
        try {
            token = ConsistencyToken.parse(text);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("Not a consistency token");
            return;
        }
        assertThat(token.encode()).isEqualTo(text);
    }

    private static ConsistencyToken random(Random random) {
        Map<Integer, Long> seen = new HashMap<>();
        for (int entries = random.nextInt(40); entries > 0; entries--) {
            seen.put(random.nextInt(1024), random.nextLong() >>> (1 + random.nextInt(62)));
        }
        return new ConsistencyToken(random.nextInt() >>> (1 + random.nextInt(30)), seen);
    }
}

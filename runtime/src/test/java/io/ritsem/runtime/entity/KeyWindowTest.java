package io.ritsem.runtime.entity;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.SpentKey;

import static io.ritsem.runtime.journal.SpentKey.REMEMBERED;
import static org.assertj.core.api.Assertions.assertThat;

/** Which keys are forgotten when there are too many. */
class KeyWindowTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final KeyMemory memory = new KeyMemory(2 * REMEMBERED);
    private final KeyWindow keys = window(Set.of());

    @Test void the_oldest_is_forgotten_for_one_too_many() {
        spend(1, REMEMBERED);
        assertThat(keys.find("k1")).isNotNull();

        spend(REMEMBERED + 1, REMEMBERED + 1);

        assertThat(keys.find("k1")).isNull();
        assertThat(keys.find("k2")).isNotNull();
        assertThat(keys.find("k" + (REMEMBERED + 1))).isNotNull();
    }

    @Test void what_is_loaded_is_older_than_what_was_replayed_and_takes_no_place_from_it() {
        spend(REMEMBERED + 1, REMEMBERED + 100);
        keys.remember(loaded(1, REMEMBERED), NOW);

        assertThat(keys.find("k100")).isNull();
        assertThat(keys.find("k101")).isNotNull();
        spend(REMEMBERED + 101, REMEMBERED + 101);
        assertThat(keys.find("k101")).isNull();
        assertThat(keys.find("k102")).isNotNull();
        assertThat(keys.find("k" + (REMEMBERED + 1))).isNotNull();
    }

    @Test void what_is_about_to_be_asked_for_is_remembered_however_old_it_is() {
        KeyWindow keys = window(Set.of("k1"));
        keys.remember(loaded(1, REMEMBERED + 1), NOW);
        assertThat(keys.find("k1")).isNotNull();

        spend(keys, REMEMBERED + 2, 2 * REMEMBERED);

        assertThat(keys.find("k1")).isNotNull();
        assertThat(keys.find("k" + REMEMBERED)).isNull();
    }

    @Test void while_all_together_have_too_many_the_busy_ones_forget_and_each_keeps_a_few() {
        KeyMemory small = new KeyMemory(100);
        KeyWindow quiet = new KeyWindow(Duration.ofHours(24), small, Set.of());
        KeyWindow busy = new KeyWindow(Duration.ofHours(24), small, Set.of());
        spend(quiet, 1, 90);
        spend(busy, 1, 500);

        assertThat(small.held()).isEqualTo(90 + 16);
        assertThat(quiet.find("k1")).isNotNull();
        assertThat(busy.find("k484")).isNull();
        assertThat(busy.find("k485")).isNotNull();
        quiet.giveBack();
        spend(busy, 501, 1_000);
        assertThat(small.held()).isBetween(99L, 101L);
    }

    @Test void what_is_loaded_while_there_are_too_many_is_few() {
        KeyMemory small = new KeyMemory(100);
        small.add(101);
        KeyWindow late = new KeyWindow(Duration.ofHours(24), small, Set.of("k7"));
        late.remember(loaded(1, 90), NOW);

        assertThat(late.find("k90")).isNotNull();
        assertThat(late.find("k75")).isNotNull();
        assertThat(late.find("k74")).isNull();
        assertThat(late.find("k7")).isNotNull();
        assertThat(small.held()).isEqualTo(101 + 17);
    }

    @Test void all_that_is_remembered_is_counted_until_it_is_forgotten() {
        spend(1, REMEMBERED + 10);
        assertThat(memory.held()).isEqualTo(REMEMBERED);
        keys.forgetBefore(NOW.plus(Duration.ofHours(25)));
        assertThat(memory.held()).isZero();
    }

    private KeyWindow window(Set<String> askedFor) {
        return new KeyWindow(Duration.ofHours(24), memory, askedFor);
    }

    private void spend(int from, int to) {
        spend(keys, from, to);
    }

    private static void spend(KeyWindow keys, int from, int to) {
        for (int number = from; number <= to; number++) {
            keys.remember(number,
                    new EventMetadata(NOW, null, null, new UUID(0, number), null, key(number)));
        }
    }

    private static Map<Long, SpentKey> loaded(int from, int to) {
        Map<Long, SpentKey> loaded = new HashMap<>();
        for (int number = from; number <= to; number++) {
            loaded.put((long) number, key(number));
        }
        return loaded;
    }

    private static SpentKey key(int number) {
        return new SpentKey("k" + number, new byte[32], 1, null);
    }
}

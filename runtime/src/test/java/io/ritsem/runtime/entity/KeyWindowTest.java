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

    private final KeyWindow keys = new KeyWindow(Duration.ofHours(24));

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
        keys.remember(loaded(1, REMEMBERED), Set.of(), NOW);

        assertThat(keys.find("k100")).isNull();
        assertThat(keys.find("k101")).isNotNull();
        spend(REMEMBERED + 101, REMEMBERED + 101);
        assertThat(keys.find("k101")).isNull();
        assertThat(keys.find("k102")).isNotNull();
        assertThat(keys.find("k" + (REMEMBERED + 1))).isNotNull();
    }

    @Test void what_is_about_to_be_asked_for_is_remembered_however_old_it_is() {
        keys.remember(loaded(1, REMEMBERED + 1), Set.of("k1"), NOW);
        assertThat(keys.find("k1")).isNotNull();

        spend(REMEMBERED + 2, 2 * REMEMBERED);

        assertThat(keys.find("k1")).isNotNull();
        assertThat(keys.find("k" + REMEMBERED)).isNull();
    }

    private void spend(int from, int to) {
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

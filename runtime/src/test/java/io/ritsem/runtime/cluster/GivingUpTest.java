package io.ritsem.runtime.cluster;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.cluster.Peers.DatabaseContact;

import static org.assertj.core.api.Assertions.assertThat;

class GivingUpTest {

    private static final Duration LONG = Duration.ofSeconds(9);
    private static final Duration SHORT = Duration.ofSeconds(5);

    @Test void who_alone_has_failed_to_write_gives_up() {
        assertThat(GivingUp.without(failing(LONG), LONG)).hasValueSatisfying(
                why -> assertThat(why)
                        .isEqualTo("The database has not taken a write of this node for 9 s, though it takes "
                                + "those of others"));
        assertThat(GivingUp.without(failing(SHORT), LONG)).isEmpty();
        assertThat(GivingUp.without(failing(LONG), SHORT)).isEmpty();
        assertThat(GivingUp.without(failing(Duration.ZERO), LONG)).isEmpty();
    }

    @Test void one_write_that_waited_for_its_answer_in_vain_is_not_enough() {
        Duration betweenBeats = Duration.ofSeconds(1);
        Duration inVain = Duration.ofSeconds(5);
        Duration untilTheNextHasFailedToConnect = Duration.ofMillis(1_900);

        assertThat(GivingUp.without(failing(betweenBeats.plus(inVain).plus(untilTheNextHasFailedToConnect)), LONG))
                .isEmpty();
    }

    @Test void who_is_counted_in_and_not_answered_gives_up_after_so_many_looks_in_a_row() {
        GivingUp member = new GivingUp();
        for (int look = 1; look < 30; look++) {
            assertThat(member.afterLook(true, false)).isEmpty();
        }
        assertThat(member.afterLook(true, true)).isEmpty();
        for (int look = 1; look < 30; look++) {
            assertThat(member.afterLook(true, false)).isEmpty();
        }
        assertThat(member.afterLook(true, false)).isPresent();
        assertThat(member.afterLook(false, false)).isEmpty();
    }

    private static DatabaseContact failing(Duration duration) {
        return new DatabaseContact(Duration.ZERO, duration, duration, false, false);
    }
}

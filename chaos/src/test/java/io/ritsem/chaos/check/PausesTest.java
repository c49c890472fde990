package io.ritsem.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Told;

import static org.assertj.core.api.Assertions.assertThat;

class PausesTest {

    private static final long SECOND = 1_000_000_000;
    private static final Told DONE = new Told.Accepted(1, "token", "[]", false);
    private static final Told OPEN = new Told.Unknown("no answer");

    private final Pauses pauses = new Pauses(Set.of("p0", "p1"));
    private final List<Attempt> log = new ArrayList<>();

    @Test void counts_from_when_a_command_was_first_sent_until_it_was_answered_apart_for_those_that_the_fault_met() {
        sent("p0", "a", 1, 9, 10, OPEN);
        sent("p0", "a", 2, 11, 17, DONE);
        sent("p1", "b", 1, 10, 11, DONE);
        sent("s9", "c", 1, 10, 99, DONE);
        pauses.faultAt(10 * SECOND, Set.of("p0"));

        Pauses.Found found = pauses.of(log);

        assertThat(found.slowestSeconds()).isEqualTo(8);
        assertThat(found.medianSeconds()).isEqualTo(8);
        assertThat(found.othersP99()).isEqualTo(1_000);
        assertThat(found.othersSlowestSeconds()).isEqualTo(1);
        assertThat(pauses.longest(log, 10 * SECOND)).isEqualTo(8);
    }

    @Test void leaves_out_what_was_over_before_a_fault_or_began_long_after_it() {
        sent("p0", "a", 1, 1, 9, DONE);
        sent("p0", "b", 1, 26, 36, DONE);
        pauses.faultAt(10 * SECOND, Set.of("p0"));

        assertThat(pauses.of(log).slowestSeconds()).isZero();
        assertThat(pauses.longest(log, 30 * SECOND)).isEqualTo(10);
        assertThat(pauses.longestInWords(log, 20 * SECOND))
                .isEqualTo("p0 waited for 10.0 s, from 6.0 s after the beginning");
    }

    private void sent(String account, String key, int number, long from, long until, Told told) {
        log.add(new Attempt(Command.deposit(account, key, 1), number, from * SECOND, until * SECOND, told));
    }
}

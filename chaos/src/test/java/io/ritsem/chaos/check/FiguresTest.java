package io.ritsem.chaos.check;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Told;

import static org.assertj.core.api.Assertions.assertThat;

class FiguresTest {

    private static final long RETURN = 100;

    @Test void the_first_write_after_a_return_was_sent_after_it_and_had_not_been_stored_before() {
        Attempt readBack = attempt(1, 90, 101, false);
        Attempt replay = attempt(2, 102, 103, true);
        Attempt sentAgain = attempt(5, 104, 120, false);
        Attempt later = attempt(1, 105, 130, false);

        assertThat(Figures.firstAcceptedAfter(List.of(readBack, replay, later, sentAgain), RETURN)).hasValue(120);
        assertThat(Figures.firstAcceptedAfter(List.of(readBack, replay), RETURN)).isEmpty();
    }

    private static Attempt attempt(int number, long sentAt, long toldAt, boolean replayed) {
        return new Attempt(Command.deposit("a", "k" + sentAt, 100), number, sentAt, toldAt,
                new Told.Accepted(1, "token", "[]", replayed));
    }
}

package io.ritsem.runtime.entity;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandGateway;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** What is told of an answer, which must never be more than what passes between nodes. */
class FittingAnswerTest {

    private static final int MIB = 1 << 20;

    @Test void all_of_it_if_it_fits() {
        Accepted whole = answer(events(2, MIB), new byte[MIB]);

        assertThat(FittingAnswer.of(whole)).isSameAs(whole);
    }

    @Test void without_the_state_first() {
        Accepted told = FittingAnswer.of(answer(events(3, MIB), new byte[MIB]));

        assertThat(told.state()).isNull();
        assertThat(told.events()).hasSize(3).allMatch(event -> event.data().length == MIB);
        assertThat(told.reply()).hasSize(2);
        assertThat(told.omitted().parts()).containsExactly("state");
        assertThat(told.omitted().bytes()).isGreaterThan(4 * MIB);
        assertThat(told.omitted().limit()).isEqualTo(CommandGateway.LARGEST_MESSAGE);
    }

    @Test void without_the_data_of_events_then_and_that_in_json() {
        Accepted told = FittingAnswer.of(answer(events(5, MIB), null));

        assertThat(told.events()).hasSize(5)
                .allSatisfy(event -> assertThat(event.data()).asString().isEqualTo("null"));
        assertThat(told.omitted().parts()).containsExactly("data");
    }

    @Test void without_the_events_if_they_are_that_many() {
        Accepted told = FittingAnswer.of(answer(events(200_000, 1), new byte[1]));

        assertThat(told.events()).isEmpty();
        assertThat(told.version()).isEqualTo(7);
        assertThat(told.omitted().parts()).containsExactly("state", "data", "events");
    }

    private static Accepted answer(List<StoredEvent> events, byte[] state) {
        return new Accepted(7, events, new byte[2], state, null, false);
    }

    private static List<StoredEvent> events(int number, int size) {
        return Collections.nCopies(number, new StoredEvent("filled", 7, new byte[size]));
    }
}

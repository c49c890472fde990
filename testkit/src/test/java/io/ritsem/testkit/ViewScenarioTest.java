package io.ritsem.testkit;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.testkit.Counter.Event.Added;
import io.ritsem.testkit.Counter.Event.Stamped;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ViewScenarioTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final ViewScenario<Counter.Event, Row> totals = ViewScenario.of(new Totals());

    @Test void an_entity_has_a_row_of_its_own() {
        totals.given("c1", new Added(3), new Added(4))
                .given("c2", new Added(5))
                .thenRow("c1", new Row(7, "c1 #2"))
                .thenRow("c2", new Row(5, "c2 #1"))
                .thenNoRow("c3");
    }

    @Test void events_go_on_where_the_last_ones_ended() {
        totals.given("c1", new Added(3))
                .given("c2", new Added(1))
                .given("c1", new Added(4))
                .thenRow("c1", new Row(7, "c1 #2"));
    }

    @Test void a_view_may_have_no_row_for_an_entity() {
        totals.given("c1", new Added(3))
                .thenRow("c1", new Row(3, "c1 #1"))
                .given("c1", new Added(-3))
                .thenNoRow("c1")
                .given("c1", new Added(2))
                .thenRow("c1", new Row(2, "c1 #3"));
    }

    @Test void the_view_is_told_when_and_by_whom() {
        Stamped stamped = new Stamped("c1", 1, NOON, null);

        totals.at(NOON).by("alice").given("c1", stamped).thenRow("c1", new Row(0, "2026-11-21T12:00:00Z alice"));
        totals.given("c1", stamped).thenRow("c1", new Row(0, "2000-01-01T00:00:00Z null"));
    }

    @Test void another_row_fails_and_is_shown_by_component() {
        assertThatThrownBy(() -> totals.given("c1", new Added(3))
                .given("c2", new Added(4))
                .thenRow("c2", new Row(3, "c2 #1")))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("""
                            not the expected row of 'c2' (- expected, + actual)
                                rows there are: c1, c2
                                  Row
                                -     total = 3
                                +     total = 4
                                      last = c2 #1""");
    }

    @Test void no_row_in_place_of_one_fails() {
        assertThatThrownBy(() -> totals.thenRow("c1", new Row(3, "x")))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("""
                            not the expected row of 'c1' (- expected, + actual)
                                there are no rows
                                - Row
                                -     total = 3
                                -     last = x
                                + nothing""");
    }

    @Test void a_row_in_place_of_none_fails() {
        assertThatThrownBy(() -> totals.given("c1", new Added(3)).thenNoRow("c1"))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("""
                            not the expected row of 'c1' (- expected, + actual)
                                rows there are: c1
                                - nothing
                                + Row
                                +     total = 3
                                +     last = c1 #1""");
    }

    private record Row(int total, String last) {}

    /** The total of a counter; no row when it is 0. */
    private static final class Totals implements EntityView<Counter.Event, Row> {

        @Override public @Nullable Row apply(@Nullable Row row, Counter.Event event, Recorded recorded) {
            int before = row == null ? 0 : row.total();
            return switch (event) {
                case Added(var amount) when before + amount == 0 -> null;
                case Added(var amount) -> new Row(before + amount,
                        "" + recorded.id() + " #" + recorded.sequence());
                case Stamped _ -> new Row(before, recorded.time() + " " + recorded.caller());
            };
        }
    }
}

package io.ritsem.testkit;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import io.ritsem.testkit.Counter.Event.Added;
import io.ritsem.testkit.Counter.Event.Stamped;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyedViewScenarioTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final KeyedViewScenario<Row> parity = KeyedViewScenario.of("counter", new Parity())
            .on("dice",
                    new DiceParity());

    @Test void rows_are_touched_by_several_entities_and_entity_types() {
        parity.given("counter", "c1", new Added(3), new Added(4))
                .given("counter", "c2", new Added(5))
                .given("dice", "d1", new Rolled(1))
                .thenRow("odd", new Row(3, "dice d1 #1"))
                .thenRow("even", new Row(1, "counter c1 #2"));
    }

    @Test void a_handler_can_delete_a_row() {
        parity.given("counter", "c1", new Added(3)).given("dice", "d1", new Rolled(6)).thenNoRow("odd");
    }

    @Test void changes_are_carried_out_in_the_order_in_which_they_were_named() {
        parity.given("counter", "c1", new Stamped("c1", 1, NOON, null)).thenRow("odd", new Row(2, "second"));
    }

    @Test void the_view_is_told_when_and_by_whom() {
        KeyedViewScenario.of("counter", new LastSeen())
                .at(NOON)
                .by("alice")
                .given("counter", "c1", new Added(1))
                .thenRow("alice", new Row(1, "2026-11-21T12:00:00Z"));
    }

    @Test void another_row_fails() {
        assertThatThrownBy(
                () -> parity.given("counter", "c1", new Added(3)).thenRow("odd", new Row(2, "counter c1 #1")))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("""
                            not the expected row of 'odd' (- expected, + actual)
                                rows there are: odd
                                  Row
                                -     count = 2
                                +     count = 1
                                      last = counter c1 #1""");
    }

    @Test void a_row_in_place_of_none_fails() {
        assertThatThrownBy(() -> parity.given("counter", "c1", new Added(3)).thenNoRow("odd"))
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessageStartingWith("not the expected row of 'odd'");
    }

    @Test void an_entity_type_without_a_handler_is_refused() {
        assertThatThrownBy(() -> KeyedViewScenario.of("counter", new Parity()).given("dice", "d1", new Rolled(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the view has no handler for the entity type 'dice', only for [counter]");
    }

    @Test void an_event_of_another_entity_type_is_refused() {
        assertThatThrownBy(() -> parity.given("counter", "c1", new Rolled(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the handler for 'counter' cannot take Rolled[eyes=1]");
    }

    @Test void a_key_that_no_view_may_have_is_refused() {
        KeyedView<String, Row> byText = (text, _, rows) -> rows.update(text, _ -> new Row(1, text));
        KeyedViewScenario<Row> texts = KeyedViewScenario.of("text", byText);

        texts.given("text", "t1", "a".repeat(512)).thenRow("a".repeat(512), new Row(1, "a".repeat(512)));
        assertThatThrownBy(() -> texts.given("text", "t1", "ä".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a key must be 1 to 512 bytes long, but is 514: '" + "ä".repeat(40) + "...'");
        assertThatThrownBy(() -> texts.given("text", "t1", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but is 0");
    }

    private record Rolled(int eyes) {}

    private record Row(int count, String last) {

        static Row next(Row row, String last) {
            return new Row(row == null ? 1 : row.count() + 1, last);
        }
    }

    /** How many odd and even numbers there were. */
    private static final class Parity implements KeyedView<Counter.Event, Row> {

        @Override public void apply(Counter.Event event, Recorded recorded, Rows<Row> rows) {
            String place = recorded.type() + " " + recorded.id() + " #" + recorded.sequence();
            switch (event) {
                case Added(var amount) -> rows.update(amount % 2 == 0 ? "even" : "odd", row -> Row.next(row, place));
                case Stamped _ -> {
                    rows.update("odd", row -> Row.next(row, "first"));
                    rows.update("odd", row -> Row.next(row, "second"));
                }
            }
        }
    }

    private static final class DiceParity implements KeyedView<Rolled, Row> {

        @Override public void apply(Rolled event, Recorded recorded, Rows<Row> rows) {
            if (event.eyes() == 6) {
                rows.delete("odd");
            } else {
                String place = recorded.type() + " " + recorded.id() + " #" + recorded.sequence();
                rows.update(event.eyes() % 2 == 0 ? "even" : "odd", row -> Row.next(row, place));
            }
        }
    }

    private static final class LastSeen implements KeyedView<Counter.Event, Row> {

        @Override public void apply(Counter.Event event, Recorded recorded, Rows<Row> rows) {
            rows.update(String.valueOf(recorded.caller()), row -> Row.next(row, recorded.time().toString()));
        }
    }
}

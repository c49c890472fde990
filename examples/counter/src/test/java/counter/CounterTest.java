package counter;

import counter.Counter.*;
import io.ritsem.testkit.*;
import org.junit.jupiter.api.Test;

class CounterTest {
    @Test
    void counts_to_a_hundred_and_no_further() {
        EntityScenario.of(new Counter.Tally()).given(new Event.Added(60))
                .when(new Command.Add(41)).thenRejected("too-high")
                .when(new Command.Add(40)).then(new Event.Added(40)).thenState(new Total(100));
    }

    @Test
    void shows_the_total_until_it_is_cleared() {
        ViewScenario.of(new Counter.Totals()).given("c1", new Event.Added(60), new Event.Added(2))
                .thenRow("c1", new Total(62)).given("c1", new Event.Cleared()).thenNoRow("c1");
    }

    @Test
    void says_how_often_an_amount_was_added_to_all_counters() {
        KeyedViewScenario.of("counter", new Counter.Amounts())
                .given("counter", "c1", new Event.Added(7), new Event.Added(9))
                .given("counter", "c2", new Event.Added(7), new Event.Cleared())
                .thenRow("7", new Times(2)).thenRow("9", new Times(1)).thenNoRow("8");
    }

    @Test
    void what_is_stored_stays_readable() {
        SchemaLock.verify(new Counter());
    }
}

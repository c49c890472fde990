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
}

package bank;

import java.math.BigDecimal;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import io.ritsem.testkit.KeyedViewScenario;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;
import bank.Turnover.Row;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.TEN;
import static java.math.BigDecimal.ZERO;

class TurnoverTest {

    private final KeyedViewScenario<Row> july = KeyedViewScenario.of("account", new Turnover())
            .at(Instant.parse("1993-07-15T12:00:00Z"));

    @Test void adds_up_the_postings_of_a_reference_over_all_accounts() {
        july.given("account", "a1", new Deposited(TEN, "transfer"), new Withdrawn(ONE, "transfer"))
                .given("account", "a2", new Deposited(TEN, "transfer"))
                .thenRow("transfer.1993-07", new Row("transfer", "1993-07", new BigDecimal("20"), ONE, 3));
    }

    @Test void keeps_references_apart() {
        july.given("account", "a1", new Deposited(TEN, "salary"), new Withdrawn(ONE, "rent"))
                .thenRow("salary.1993-07", new Row("salary", "1993-07", TEN, ZERO, 1))
                .thenRow("rent.1993-07", new Row("rent", "1993-07", ZERO, ONE, 1));
    }

    @Test void starts_a_new_row_with_the_month_in_utc() {
        july.at(Instant.parse("1993-07-31T23:59:59.999999Z"))
                .given("account", "a1", new Deposited(TEN, "salary"))
                .at(Instant.parse("1993-08-01T00:00:00Z"))
                .given("account", "a1", new Deposited(ONE, "salary"))
                .thenRow("salary.1993-07", new Row("salary", "1993-07", TEN, ZERO, 1))
                .thenRow("salary.1993-08", new Row("salary", "1993-08", ONE, ZERO, 1));
    }

    @Test void opening_and_closing_move_no_money() {
        july.given("account", "a1", new Opened("alice", ZERO), new Closed()).thenNoRow("alice.1993-07");
    }

    @Test void the_longest_reference_still_makes_a_key() {
        String reference = "€".repeat(140);

        july.given("account", "a1", new Deposited(ONE, reference))
                .thenRow(reference + ".1993-07", new Row(reference, "1993-07", ONE, ZERO, 1));
    }
}

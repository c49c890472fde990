package bank;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;

import io.ritsem.testkit.ViewScenario;
import bank.Account.Event;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;
import bank.Balances.Row;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.TEN;
import static java.math.BigDecimal.ZERO;

class BalancesTest {

    private final ViewScenario<Event, Row> balances = ViewScenario.of(new Balances());

    @Test void shows_an_account_from_its_opening_on() {
        balances.given("a1", new Opened("alice", TEN)).thenRow("a1", new Row("alice", ZERO, true)).thenNoRow("a2");
    }

    @Test void follows_what_comes_in_and_goes_out() {
        balances.given("a1", new Opened("alice", ZERO), new Deposited(TEN, "salary"), new Withdrawn(ONE, "rent"))
                .thenRow("a1", new Row("alice", new BigDecimal("9"), true));
    }

    @Test void keeps_accounts_apart() {
        balances.given("a1", new Opened("alice", ZERO), new Deposited(TEN, "salary"))
                .given("a2", new Opened("bob", ZERO), new Deposited(ONE, "gift"))
                .thenRow("a1", new Row("alice", TEN, true))
                .thenRow("a2", new Row("bob", ONE, true));
    }

    @Test void still_shows_a_closed_account() {
        balances.given("a1", new Opened("alice", ZERO), new Closed()).thenRow("a1", new Row("alice", ZERO, false));
    }
}

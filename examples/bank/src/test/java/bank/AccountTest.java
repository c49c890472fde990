package bank;

import java.math.BigDecimal;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.testkit.EntityScenario;
import bank.Account.Command;
import bank.Account.Command.Close;
import bank.Account.Command.Deposit;
import bank.Account.Command.Open;
import bank.Account.Command.Withdraw;
import bank.Account.Event;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;
import bank.Account.State;
import bank.Account.Status;

import static java.math.BigDecimal.ONE;
import static java.math.BigDecimal.TEN;
import static java.math.BigDecimal.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AccountTest {

    private static final BigDecimal HUNDRED = new BigDecimal("100");

    private final EntityScenario<Command, Event, State> newAccount = EntityScenario.of(new Account());
    private final EntityScenario<Command, Event, State> emptyAccount = newAccount.given(new Opened("alice", ZERO));
    private final EntityScenario<Command, Event, State> accountWithTen = emptyAccount
            .given(new Deposited(TEN, "salary"));
    private final EntityScenario<Command, Event, State> closedAccount = emptyAccount.given(new Closed());

    @Test void opens_an_account_for_its_owner() {
        newAccount.when(new Open("alice", HUNDRED))
                .then(new Opened("alice", HUNDRED))
                .thenState(new State(Status.OPEN, "alice", ZERO, HUNDRED));
    }

    @Test void opens_an_account_only_once() {
        emptyAccount.when(new Open("bob", ZERO)).thenRejected("already-open");
    }

    @Test void takes_a_deposit() {
        emptyAccount.when(new Deposit(TEN, "salary"))
                .then(new Deposited(TEN, "salary"))
                .thenState(new State(Status.OPEN, "alice", TEN, ZERO));
    }

    @Test void takes_and_gives_nothing_before_it_is_open() {
        newAccount.when(new Deposit(TEN, "salary"))
                .thenRejected("not-open")
                .when(new Withdraw(TEN, "rent"))
                .thenRejected("not-open")
                .when(new Close())
                .thenRejected("not-open");
    }

    @Test void gives_out_all_that_there_is() {
        accountWithTen.when(new Withdraw(TEN, "rent"))
                .then(new Withdrawn(TEN, "rent"))
                .thenState(new State(Status.OPEN, "alice", ZERO, ZERO));
    }

    @Test void rejects_a_withdrawal_beyond_the_balance() {
        accountWithTen.when(new Withdraw(new BigDecimal("10.01"), "rent"))
                .thenRejected("insufficient-funds", Map.of("available", TEN))
                .thenState(new State(Status.OPEN, "alice", TEN, ZERO));
    }

    @Test void gives_out_as_much_as_the_overdraft_allows_and_no_more() {
        newAccount.given(new Opened("alice", HUNDRED), new Deposited(TEN, "salary"))
                .when(new Withdraw(new BigDecimal("110"), "rent"))
                .then(new Withdrawn(new BigDecimal("110"), "rent"))
                .thenState(new State(Status.OPEN, "alice", new BigDecimal("-100"), HUNDRED))
                .when(new Withdraw(new BigDecimal("0.01"), "fee"))
                .thenRejected("insufficient-funds", Map.of("available", ZERO));
    }

    @Test void a_rejected_withdrawal_goes_through_once_there_is_money() {
        emptyAccount.when(new Withdraw(TEN, "rent"))
                .thenRejected("insufficient-funds")
                .when(new Deposit(TEN, "salary"))
                .then(new Deposited(TEN, "salary"))
                .when(new Withdraw(TEN, "rent"))
                .then(new Withdrawn(TEN, "rent"));
    }

    @Test void closes_an_empty_account() {
        emptyAccount.when(new Close()).then(new Closed()).thenState(new State(Status.CLOSED, "alice", ZERO, ZERO));
    }

    @Test void closes_an_account_whose_balance_is_zero_in_cents() {
        emptyAccount.given(new Deposited(new BigDecimal("5.00"), "in"), new Withdrawn(new BigDecimal("5"), "out"))
                .when(new Close())
                .then(new Closed());
    }

    @Test void does_not_close_an_account_with_a_balance() {
        accountWithTen.when(new Close()).thenRejected("balance-not-zero", Map.of("balance", TEN));
    }

    @Test void a_closed_account_rejects_everything() {
        closedAccount.when(new Open("bob", ZERO))
                .thenRejected("closed")
                .when(new Deposit(ONE, "salary"))
                .thenRejected("closed")
                .when(new Withdraw(ONE, "rent"))
                .thenRejected("closed")
                .when(new Close())
                .thenRejected("closed");
    }

    @ParameterizedTest @ValueSource(strings = {"0", "0.00", "-1", "0.001", "1000000000000000",
        "1E15"}) void an_amount_is_positive_with_at_most_two_decimals_and_within_bounds(String amount) {
        BigDecimal wrong = new BigDecimal(amount);

        assertThatIllegalArgumentException().isThrownBy(() -> new Deposit(wrong, "salary"))
                .withMessage("amount must be an amount of at least 0.01");
        assertThatIllegalArgumentException().isThrownBy(() -> new Withdraw(wrong, "rent"))
                .withMessage("amount must be an amount of at least 0.01");
    }

    @ParameterizedTest @ValueSource(
            strings = {"0.01", "1", "1E3", "999999999999999.99"}) void an_amount_may_be_a_cent_or_a_fortune(
                    String amount) {
        assertThat(new Deposit(new BigDecimal(amount), "salary").amount()).isEqualTo(amount);
        assertThat(new Withdraw(new BigDecimal(amount), "rent").amount()).isEqualTo(amount);
    }

    @ParameterizedTest @ValueSource(strings = {"-0.01", "0.001",
        "1E15"}) void an_overdraft_is_not_negative_with_at_most_two_decimals_and_within_bounds(String overdraft) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Open("alice", new BigDecimal(overdraft)))
                .withMessage("overdraft must be an amount of at least 0.00");
    }

    @ParameterizedTest @ValueSource(ints = {0, 141, 10_000}) void an_owner_and_a_reference_have_1_to_140_characters(
            int length) {
        String wrong = "x".repeat(length);

        assertThatIllegalArgumentException().isThrownBy(() -> new Open(wrong, ZERO)).withMessageStartingWith("owner");
        assertThatIllegalArgumentException().isThrownBy(() -> new Deposit(ONE, wrong))
                .withMessageStartingWith("reference");
        assertThatIllegalArgumentException().isThrownBy(() -> new Withdraw(ONE, wrong))
                .withMessageStartingWith("reference");
    }
}

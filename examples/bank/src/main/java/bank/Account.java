package bank;

import java.math.BigDecimal;
import java.util.Map;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import bank.Account.Command.Close;
import bank.Account.Command.Deposit;
import bank.Account.Command.Open;
import bank.Account.Command.Withdraw;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;

import static bank.Account.Status.CLOSED;
import static bank.Account.Status.NEW;
import static bank.Account.Status.OPEN;
import static io.ritsem.domain.Decision.accept;
import static io.ritsem.domain.Decision.reject;
import static java.math.BigDecimal.ZERO;

/** An account: money comes in and goes out, and the balance never falls below the overdraft agreed on. */
public final class Account implements Entity<Account.Command, Account.Event, Account.State> {

    public sealed interface Command {

        record Open(String owner, BigDecimal overdraft) implements Command {
            public Open {
                check(!owner.isBlank() && owner.length() <= 140, "owner must have 1 to 140 characters");
                check(isMoney(overdraft) && overdraft.signum() >= 0, "overdraft must be an amount of at least 0.00");
            }
        }

        record Deposit(BigDecimal amount, String reference) implements Command {
            public Deposit {
                check(isMoney(amount) && amount.signum() > 0, "amount must be an amount of at least 0.01");
                check(!reference.isBlank() && reference.length() <= 140, "reference must have 1 to 140 characters");
            }
        }

        record Withdraw(BigDecimal amount, String reference) implements Command {
            public Withdraw {
                check(isMoney(amount) && amount.signum() > 0, "amount must be an amount of at least 0.01");
                check(!reference.isBlank() && reference.length() <= 140, "reference must have 1 to 140 characters");
            }
        }

        record Close() implements Command {}

        private static boolean isMoney(BigDecimal amount) {
            return amount.scale() <= 2 && amount.precision() - amount.scale() <= 15;
        }

        private static void check(boolean valid, String rule) {
            if (!valid) {
                throw new IllegalArgumentException(rule);
            }
        }
    }

    public sealed interface Event {

        record Opened(String owner, BigDecimal overdraft) implements Event {}

        record Deposited(BigDecimal amount, String reference) implements Event {}

        record Withdrawn(BigDecimal amount, String reference) implements Event {}

        record Closed() implements Event {}
    }

    public enum Status {
        NEW, OPEN, CLOSED
    }

    public record State(Status status, String owner, BigDecimal balance, BigDecimal overdraft) {

        BigDecimal available() {
            return balance.add(overdraft);
        }

        State with(Status changed, BigDecimal balance) {
            return new State(changed, owner, balance, overdraft);
        }
    }

    @Override public State initial() {
        return new State(NEW, "", ZERO, ZERO);
    }

    @Override public Decision<? extends Event> decide(State account, Command command, Context context) {
        return switch (command) {
            case Open(var owner, var overdraft) when account.status() == NEW -> accept(new Opened(owner, overdraft));
            case Command _ when account.status() == NEW -> reject("not-open");
            case Command _ when account.status() == CLOSED -> reject("closed");
            case Open _ -> reject("already-open");
            case Deposit(var amount, var reference) -> accept(new Deposited(amount, reference));
            case Withdraw(var amount, _) when amount.compareTo(account.available()) > 0 ->
                    reject("insufficient-funds", "more than is available", Map.of("available", account.available()));
            case Withdraw(var amount, var reference) -> accept(new Withdrawn(amount, reference));
            case Close _ when account.balance().signum() != 0 ->
                    reject("balance-not-zero", "an account is closed empty", Map.of("balance", account.balance()));
            case Close _ -> accept(new Closed());
        };
    }

    @Override public State evolve(State account, Event event) {
        return switch (event) {
            case Opened(var owner, var overdraft) -> new State(OPEN, owner, ZERO, overdraft);
            case Deposited(var amount, _) -> account.with(OPEN, account.balance().add(amount));
            case Withdrawn(var amount, _) -> account.with(OPEN, account.balance().subtract(amount));
            case Closed _ -> account.with(CLOSED, account.balance());
        };
    }
}

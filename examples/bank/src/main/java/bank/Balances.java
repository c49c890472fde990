package bank;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;

import static java.math.BigDecimal.ZERO;
import static java.util.Objects.requireNonNull;

/** Whose account holds how much: a row per account. */
public final class Balances implements EntityView<Account.Event, Balances.Row> {

    public record Row(String owner, BigDecimal balance, boolean open) {}

    @Override public Row apply(@Nullable Row row, Account.Event event, Recorded recorded) {
        return switch (event) {
            case Opened(var owner, _) -> new Row(owner, ZERO, true);
            case Deposited(var amount, _) -> new Row(requireNonNull(row).owner(), row.balance().add(amount), true);
            case Withdrawn(var amount, _) -> new Row(requireNonNull(row).owner(), row.balance().subtract(amount), true);
            case Closed _ -> new Row(requireNonNull(row).owner(), row.balance(), false);
        };
    }
}

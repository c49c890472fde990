package io.ritsem.chaos.views;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import bank.Account.Event;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;

import static java.math.BigDecimal.ZERO;

/** What each account holds, but for one whose deposits cannot be applied. */
public final class Statements implements EntityView<Event, Statements.Row> {

    private final String poisoned;

    /** @param poisoned the id of the account; empty for none */
    public Statements(String poisoned) {
        this.poisoned = poisoned;
    }

    public record Row(BigDecimal balance, long events) {}

    @Override public Row apply(@Nullable Row row, Event event, Recorded recorded) {
        BigDecimal before = row == null ? ZERO : row.balance();
        BigDecimal after = switch (event) {
            case Deposited _ when recorded.id().equals(poisoned) ->
                    throw new IllegalStateException("Nobody knows how to deposit at " + poisoned);
            case Deposited(var amount, _) -> before.add(amount);
            case Withdrawn(var amount, _) -> before.subtract(amount);
            case Opened _,Closed _ -> before;
        };
        return new Row(after, recorded.sequence());
    }
}

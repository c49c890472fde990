package axonbank;

import java.math.BigDecimal;

import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.TargetAggregateIdentifier;
import org.axonframework.spring.stereotype.Aggregate;

import static org.axonframework.modelling.command.AggregateLifecycle.apply;

/** An account, in the style of Axon's own manual. */
@Aggregate(cache = "accountCache")
class Account {

    @AggregateIdentifier private String account;
    private BigDecimal balance;
    private BigDecimal overdraft;

    record Open(@TargetAggregateIdentifier String account, String owner, BigDecimal overdraft) {}

    record Deposit(@TargetAggregateIdentifier String account, BigDecimal amount, String reference) {}

    record Opened(String account, String owner, BigDecimal overdraft) {}

    record Deposited(String account, BigDecimal amount, String reference) {}

    /** For Axon, which fills it with events. */
    Account() {}

    @CommandHandler Account(Open command) {
        apply(new Opened(command.account(), command.owner(), command.overdraft()));
    }

    @CommandHandler BigDecimal handle(Deposit command) {
        if (command.amount().signum() <= 0) {
            throw new IllegalArgumentException("amount must be more than 0");
        }
        apply(new Deposited(account, command.amount(), command.reference()));
        return balance;
    }

    @EventSourcingHandler void on(Opened event) {
        account = event.account();
        balance = BigDecimal.ZERO;
        overdraft = event.overdraft();
    }

    @EventSourcingHandler void on(Deposited event) {
        balance = balance.add(event.amount());
    }
}

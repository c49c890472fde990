package plainakka;

import java.math.BigDecimal;
import java.time.Duration;

import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.pattern.StatusReply;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import akka.persistence.typed.javadsl.ReplyEffect;

/** An account, in the style of Akka's own manual. Actor-confined. */
final class Account extends EventSourcedBehaviorWithEnforcedReplies<Account.Command, Account.Event, Account.State> {

    static final EntityTypeKey<Command> KEY = EntityTypeKey.create(Command.class, "account");

    sealed interface Command extends CborSerializable {}

    record Open(String owner, BigDecimal overdraft, ActorRef<StatusReply<BigDecimal>> replyTo) implements Command {}

    record Deposit(BigDecimal amount, String reference, ActorRef<StatusReply<BigDecimal>> replyTo) implements Command {}

    sealed interface Event extends CborSerializable {}

    record Opened(String owner, BigDecimal overdraft) implements Event {}

    record Deposited(BigDecimal amount, String reference) implements Event {}

    record State(boolean open, BigDecimal balance, BigDecimal overdraft) implements CborSerializable {}

    Account(String id) {
        super(PersistenceId.of(KEY.name(), id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(5), 0.1));
    }

    @Override public State emptyState() {
        return new State(false, BigDecimal.ZERO, BigDecimal.ZERO);
    }

    @Override public CommandHandlerWithReply<Command, Event, State> commandHandler() {
        return newCommandHandlerWithReplyBuilder()
                .forAnyState()
                .onCommand(Open.class, this::open)
                .onCommand(Deposit.class, this::deposit)
                .build();
    }

    private ReplyEffect<Event, State> open(State account, Open command) {
        if (account.open()) {
            return Effect().reply(command.replyTo(), StatusReply.error("the account is open already"));
        }
        return Effect().persist(new Opened(command.owner(), command.overdraft()))
                .thenReply(command.replyTo(), opened -> StatusReply.success(opened.balance()));
    }

    private ReplyEffect<Event, State> deposit(State account, Deposit command) {
        if (!account.open()) {
            return Effect().reply(command.replyTo(), StatusReply.error("the account is not open"));
        }
        if (command.amount().signum() <= 0) {
            return Effect().reply(command.replyTo(), StatusReply.error("amount must be more than 0"));
        }
        return Effect().persist(new Deposited(command.amount(), command.reference()))
                .thenReply(command.replyTo(), changed -> StatusReply.success(changed.balance()));
    }

    @Override public EventHandler<State, Event> eventHandler() {
        return newEventHandlerBuilder().forAnyState()
                .onEvent(Opened.class, (_, event) -> new State(true, BigDecimal.ZERO, event.overdraft()))
                .onEvent(Deposited.class,
                        (account, event) -> new State(true, account.balance().add(event.amount()), account.overdraft()))
                .build();
    }
}

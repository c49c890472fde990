package plainakka;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;

/** Asks the sharded accounts; the answer is the balance. Thread-safe. */
final class Accounts {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ClusterSharding sharding;

    Accounts(ActorSystem<?> system) {
        sharding = ClusterSharding.get(system);
        sharding.init(Entity.of(Account.KEY, context -> new Account(context.getEntityId())));
    }

    CompletionStage<BigDecimal> open(String account, String owner, BigDecimal overdraft) {
        return sharding.entityRefFor(Account.KEY, account)
                .askWithStatus(replyTo -> new Account.Open(owner, overdraft, replyTo), PATIENCE);
    }

    CompletionStage<BigDecimal> deposit(String account, BigDecimal amount, String reference) {
        return sharding.entityRefFor(Account.KEY, account)
                .askWithStatus(replyTo -> new Account.Deposit(amount, reference, replyTo), PATIENCE);
    }
}

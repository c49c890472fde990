package plainakka;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.http.javadsl.Http;
import akka.persistence.jdbc.testkit.javadsl.SchemaUtils;
import alternatives.InProcess;
import alternatives.Order;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** A node with accounts, over HTTP or in process; see README.md. */
public final class Main {

    private static final int PATIENCE_SECONDS = 30;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments);
        Config config = ConfigFactory
                .parseMap(Map.of("akka-persistence-jdbc.shared-databases.slick.db.url", order.url()))
                .withFallback(ConfigFactory.load());
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "plain-akka", config.resolve());
        boolean stays = false;
        try {
            await(SchemaUtils.createIfNotExists(system));
            join(system);
            Accounts accounts = new Accounts(system);
            if (order.inProcess()) {
                InProcess.run(order, gateway(accounts));
            } else {
                serve(system, accounts, order.port());
                stays = true;
            }
        } finally {
            if (!stays) {
                system.terminate();
                await(system.getWhenTerminated());
            }
        }
    }

    private static void join(ActorSystem<?> system) throws Exception {
        CompletableFuture<Boolean> up = new CompletableFuture<>();
        Cluster cluster = Cluster.get(system);
        akka.cluster.Cluster.get(system).registerOnMemberUp(() -> up.complete(true));
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        await(up);
    }

    private static void serve(ActorSystem<?> system, Accounts accounts, int port) throws Exception {
        await(Http.get(system).newServerAt("127.0.0.1", port).bind(new AccountRoutes(accounts).routes()))
                .addToCoordinatedShutdown(Duration.ofSeconds(5), system);
        System.out.println("ready: plain Akka at http://127.0.0.1:" + port);
    }

    private static InProcess.Gateway gateway(Accounts accounts) {
        return new InProcess.Gateway() {

            @Override public void open(String account, String owner, BigDecimal overdraft) throws Exception {
                await(accounts.open(account, owner, overdraft));
            }

            @Override public void deposit(String account, BigDecimal amount, String reference) throws Exception {
                await(accounts.deposit(account, amount, reference));
            }
        };
    }

    private static <T> T await(CompletionStage<T> answer) throws Exception {
        return answer.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}

package io.ritsem.runtime.cluster;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.cluster.MemberStatus;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.entity.LoggedBugs;
import io.ritsem.runtime.entity.Till;
import io.ritsem.runtime.journal.Database;
import io.ritsem.runtime.journal.DatabaseSettings;
import io.ritsem.runtime.journal.FailingSockets;
import io.ritsem.runtime.journal.NodeHeartbeat;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class GivenUpTest {

    private final String url = EmbeddedDatabase.shared().createDatabase();

    @Test void who_is_down_learns_it_from_the_database_once_a_majority_has_said_so() throws SQLException {
        try (Database database = database()) {
            database.migrate();
            try (Member one = new Member(database);
                    Member other = new Member(database);
                    LoggedBugs told = LoggedBugs.warnings(GivenUp.class)) {
                one.join(one);
                other.join(one);
                FailingSockets.fail("ritsem-members-given-up", 2);
                one.cluster.down(other.cluster.selfAddress());
                await().atMost(20, SECONDS).until(() -> one.countsUp() == 1);
                assertThat(other.heartbeat.isGivenUp()).isFalse();

                one.speaksForAMajority();
                await().atMost(20, SECONDS).until(other.heartbeat::isGivenUp);
                assertThat(one.heartbeat.isGivenUp()).isFalse();
                assertThat(FailingSockets.left()).isZero();
                assertThat(told.messages()).singleElement().asString().contains("were given up, trying again");

                // as on a standby that has not heard of it before it took over
                forget();
                await().atMost(20, SECONDS).until(() -> !other.heartbeat.isGivenUp());
                await().atMost(20, SECONDS).until(other.heartbeat::isGivenUp);
            }
        }
    }

    private void forget() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM ritsem.given_up");
        }
    }

    private Database database() {
        return Database.open(DatabaseSettings.from(ConfigFactory
                .parseString("ritsem.runtime.database.url = \"" + FailingSockets.through(url) + "\"")
                .withFallback(ConfigFactory.load())));
    }

    private static final class Member implements AutoCloseable {

        private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ritsem",
                ConfigFactory
                        .parseString(
                                """
                                akka {
                                  actor.provider = cluster
                                  remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                  cluster { jmx.enabled = off, leader-actions-interval = 50ms, periodic-tasks-initial-delay = 50ms }
                                  coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off, run-by-actor-system-terminate = off }
                                  loggers = ["akka.event.slf4j.Slf4jLogger"]
                                  loglevel = ERROR
                                }""")
                        .withFallback(ConfigFactory.load()));
        private final Cluster cluster = Cluster.get(system);
        private final MajorityLease lease = new MajorityLease();
        private final NodeHeartbeat heartbeat;
        private final GivenUp givenUp;

        private Member(Database database) {
            heartbeat = NodeHeartbeat.start(database, "test", ApplicationModel.of(new Till.Shop()));
            heartbeat.runsAs(Peers.nameOfThis(system));
            givenUp = GivenUp.watch(system, lease, heartbeat.members());
        }

        private void join(Member first) {
            cluster.join(first.cluster.selfAddress());
            await().atMost(20, SECONDS).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        }

        private int countsUp() {
            return cluster.state().members().size();
        }

        /** For as long as the test takes. */
        private void speaksForAMajority() {
            lease.renew(System.nanoTime() + SECONDS.toNanos(60));
        }

        @Override public void close() {
            givenUp.close();
            heartbeat.close();
            system.terminate();
            await().atMost(20, SECONDS).until(() -> system.getWhenTerminated().toCompletableFuture().isDone());
        }
    }
}

package io.ritsem.runtime.cluster;

import java.time.Duration;

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

class OtherClustersTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    private final String url = EmbeddedDatabase.shared().createDatabase();

    @Test void a_node_at_work_that_is_no_member_raises_the_alarm_by_its_name() {
        try (Database database = database()) {
            database.migrate();
            try (Member here = new Member(database, "here/1")) {
                try (Member there = new Member(database, "there/2");
                        LoggedBugs alarms = new LoggedBugs(OtherClusters.class)) {
                    await().atMost(20, SECONDS).until(() -> isRaised(here, alarms) && isRaised(there, alarms));
                }
                try (LoggedBugs alarms = new LoggedBugs(OtherClusters.class)) {
                    here.looksAgain();
                    assertThat(alarms.count()).isZero();
                }
            }
        }
    }

    @Test void an_error_ends_one_look_and_not_the_looking() {
        try (Database database = database()) {
            database.migrate();
            try (Member _ = new Member(database, "here/1");
                    LoggedBugs told = LoggedBugs.warnings(OtherClusters.class)) {
                FailingSockets.fail("ritsem-other-clusters", 2);
                await().atMost(20, SECONDS).until(() -> FailingSockets.left() == 0);
                assertThat(told.messages()).contains("Nodes of other clusters cannot be looked for now");
            }
        }
    }

    private static boolean isRaised(Member of, LoggedBugs alarms) {
        return alarms.messages()
                .stream()
                .anyMatch(said -> said.contains("another cluster") && said.contains(of.name())
                        && said.contains(of.process));
    }

    private Database database() {
        return Database.open(DatabaseSettings.from(ConfigFactory
                .parseString("ritsem.runtime.database.url = \"" + FailingSockets.through(url) + "\"")
                .withFallback(ConfigFactory.load())));
    }

    /** A cluster of its own. */
    private static final class Member implements AutoCloseable {

        private final ActorSystem<Void> system;
        private final NodeHeartbeat heartbeat;
        private final String process;
        private final OtherClusters others;

        private Member(Database database, String process) {
            this.process = process;
            system = ActorSystem.create(Behaviors.empty(), "ritsem",
                    ConfigFactory
                            .parseString(
                                    """
                                    akka {
                                      actor.provider = cluster
                                      remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                      cluster { jmx.enabled = off, leader-actions-interval = 50ms, periodic-tasks-initial-delay = 50ms }
                                      coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off, run-by-actor-system-terminate = off }
                                      loggers = ["akka.event.slf4j.Slf4jLogger"]
                                      loglevel = WARNING
                                    }""")
                            .withFallback(ConfigFactory.load()));
            Cluster cluster = Cluster.get(system);
            cluster.join(cluster.selfAddress());
            await().atMost(20, SECONDS).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
            heartbeat = NodeHeartbeat.start(database, process, ApplicationModel.of(new Till.Shop()));
            heartbeat.runsAs(name());
            others = OtherClusters.watch(system, heartbeat, SHORT);
        }

        private String name() {
            return Peers.nameOf(Cluster.get(system).selfMember());
        }

        /** Four times, so that an alarm would have been raised. */
        private void looksAgain() {
            for (int look = 0; look < 4; look++) {
                others.look();
            }
        }

        @Override public void close() {
            others.close();
            heartbeat.close();
            system.terminate();
            await().atMost(20, SECONDS).until(() -> system.getWhenTerminated().toCompletableFuture().isDone());
        }
    }
}

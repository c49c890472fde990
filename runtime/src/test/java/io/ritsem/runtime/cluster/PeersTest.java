package io.ritsem.runtime.cluster;

import java.time.Duration;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.remote.RemoteActorRefProvider;
import akka.remote.testkit.Blackhole$;
import akka.remote.testkit.Direction;
import akka.remote.testkit.SetThrottle;
import akka.remote.testkit.ThrottleMode;
import akka.remote.testkit.Unthrottled$;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.cluster.Peers.DatabaseContact;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

/** Three nodes in one process, over real connections that can be cut. */
class PeersTest {

    @Test void two_that_do_not_hear_each_other_lose_their_leases_although_the_third_hears_both() {
        try (Node third = new Node(); Node one = new Node(); Node other = new Node()) {
            third.form(third, one, other);
            await().atMost(30, SECONDS)
                    .until(() -> third.lease.isHeld() && one.lease.isHeld() && other.lease.isHeld());

            one.talksTo(other, Blackhole$.MODULE$);
            await().atMost(30, SECONDS)
                    .until(() -> third.lease.isHeld() && !one.lease.isHeld() && !other.lease.isHeld());

            one.talksTo(other, Unthrottled$.MODULE$);
            await().atMost(30, SECONDS).until(() -> one.lease.isHeld() && other.lease.isHeld());
        }
    }

    private static final class Node implements AutoCloseable {

        private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ritsem",
                ConfigFactory
                        .parseString(
                                """
                                akka {
                                  actor.provider = cluster
                                  remote.artery {
                                    canonical { hostname = "127.0.0.1", port = 0 }
                                    advanced.test-mode = on
                                  }
                                  cluster {
                                    jmx.enabled = off
                                    periodic-tasks-initial-delay = 50ms
                                    leader-actions-interval = 50ms
                                    failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 1s }
                                  }
                                  coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off, run-by-actor-system-terminate = off }
                                  loggers = ["akka.event.slf4j.Slf4jLogger"]
                                  loglevel = ERROR
                                }""")
                        .withFallback(ConfigFactory.load()));
        private final Cluster cluster = Cluster.get(Adapter.toClassic(system));
        private final MajorityLease lease = new MajorityLease();

        private Node() {
            Peers.watch(system, lease, () -> new DatabaseContact(Duration.ZERO, Duration.ZERO));
        }

        private void form(Node... all) {
            for (Node node : all) {
                node.cluster.join(cluster.selfAddress());
            }
            for (Node node : all) {
                await().atMost(30, SECONDS).until(() -> node.countsUp() == all.length);
            }
        }

        private long countsUp() {
            long up = 0;
            for (Member member : cluster.state().getMembers()) {
                up += member.status().equals(MemberStatus.up()) ? 1 : 0;
            }
            return up;
        }

        private void talksTo(Node other, ThrottleMode how) {
            var provider = (RemoteActorRefProvider) ((ExtendedActorSystem) Adapter.toClassic(system)).provider();
            var set = provider.transport()
                    .managementCommand(new SetThrottle(other.cluster.selfAddress(), Direction.Both$.MODULE$, how));
            await().atMost(30, SECONDS).until(set::isCompleted);
        }

        @Override public void close() {
            system.terminate();
            await().atMost(30, SECONDS).until(() -> system.getWhenTerminated().toCompletableFuture().isDone());
        }
    }
}

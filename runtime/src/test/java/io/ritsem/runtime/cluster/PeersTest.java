package io.ritsem.runtime.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

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
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Three nodes in one process, over real connections that can be cut. */
class PeersTest {

    private static final DatabaseContact WELL = new DatabaseContact(Duration.ZERO, Duration.ZERO, Duration.ZERO, false,
            false);

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

    @Test void who_is_down_counts_until_the_others_have_agreed_that_he_is_gone() {
        try (Node one = new Node(); Node other = new Node(); Node third = new Node()) {
            List<Node> nodes = Stream.of(one, other, third)
                    .sorted((a, b) -> Member.addressOrdering()
                            .compare(a.cluster.selfAddress(), b.cluster.selfAddress()))
                    .toList();
            Node first = nodes.getFirst();
            first.form(one, other, third);
            await().atMost(30, SECONDS).until(first.lease::isHeld);
            nodes.stream().skip(1).forEach(node -> first.talksTo(node, Blackhole$.MODULE$));
            await().atMost(30, SECONDS).until(() -> !first.lease.isHeld());

            // of the two that are left in its eyes it is the first
            first.cluster.down(nodes.getLast().cluster.selfAddress());
            await().atMost(30, SECONDS).until(() -> first.counts(MemberStatus.down()) == 1);
            first.looksAgain();
            assertThat(first.lease.isHeld()).isFalse();
        }
    }

    @Test void who_was_without_a_majority_has_it_again_when_the_database_says_that_nobody_has_given_him_up() {
        try (Node one = new Node(); Node other = new Node(); Node third = new Node()) {
            one.form(one, other, third);
            await().atMost(30, SECONDS).until(one.lease::isHeld);
            one.database = new DatabaseContact(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(3), false, false);
            one.looksAgain();
            assertThat(one.lease.isHeld()).isTrue();

            one.talksTo(other, Blackhole$.MODULE$);
            one.talksTo(third, Blackhole$.MODULE$);
            await().atMost(30, SECONDS).until(() -> !one.lease.isHeld());
            one.talksTo(other, Unthrottled$.MODULE$);
            one.talksTo(third, Unthrottled$.MODULE$);
            await().atMost(30, SECONDS)
                    .until(() -> Stream.of(one, other, third)
                            .allMatch(node -> node.cluster.state().getUnreachable().isEmpty()));
            one.looksAgain();
            assertThat(one.lease.isHeld()).isFalse();

            one.database = WELL;
            await().atMost(30, SECONDS).until(one.lease::isHeld);
        }
    }

    @Test void who_has_not_heard_from_the_database_for_8_s_does_not_speak_though_all_answer() {
        try (Node one = new Node(); Node other = new Node()) {
            one.form(one, other);
            await().atMost(30, SECONDS).until(one.lease::isHeld);
            one.database = new DatabaseContact(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(8), false, false);
            await().atMost(30, SECONDS).until(() -> !one.lease.isHeld());
            one.database = WELL;
            await().atMost(30, SECONDS).until(one.lease::isHeld);
        }
    }

    @Test void who_holds_a_lease_keeps_it_while_the_database_has_yet_to_be_asked_of_a_newcomer() {
        try (Node one = new Node(); Node newcomer = new Node()) {
            one.form(one);
            await().atMost(30, SECONDS).until(one.lease::isHeld);
            newcomer.database = new DatabaseContact(Duration.ZERO, Duration.ZERO, Duration.ZERO, true, false);
            one.form(one, newcomer);
            newcomer.looksAgain();
            assertThat(newcomer.lease.isHeld()).isFalse();

            long until = one.lease.heldUntil();
            one.database = newcomer.database;
            one.looksAgain();
            assertThat(one.lease.heldUntil()).isGreaterThan(until);
            newcomer.database = WELL;
            await().atMost(30, SECONDS).until(newcomer.lease::isHeld);
        }
    }

    @Test void who_was_given_up_ends() {
        try (Node one = new Node(); Node other = new Node()) {
            one.form(one, other);
            other.database = new DatabaseContact(Duration.ZERO, Duration.ZERO, Duration.ZERO, false, true);
            await().atMost(30, SECONDS).until(other.cluster::isTerminated);
            assertThat(other.lease.isHeld()).isFalse();
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
        private final AtomicInteger looks = new AtomicInteger();
        private volatile DatabaseContact database = WELL;

        private Node() {
            Peers.watch(system, lease, _ -> {
                looks.incrementAndGet();
                return database;
            });
        }

        private void form(Node... all) {
            for (Node node : all) {
                node.cluster.join(cluster.selfAddress());
            }
            for (Node node : all) {
                await().atMost(30, SECONDS).until(() -> node.counts(MemberStatus.up()) == all.length);
            }
        }

        private long counts(MemberStatus status) {
            return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                    .filter(member -> member.status().equals(status))
                    .count();
        }

        /** Often enough that every member was asked after now, and has answered if it can. */
        private void looksAgain() {
            int before = looks.get();
            await().atMost(30, SECONDS).until(() -> looks.get() >= before + 6);
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

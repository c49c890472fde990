package io.ritsem.runtime.cluster;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent.MemberDowned;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Subscribe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.journal.MemberTable;

/**
 * Notes in the database whom the cluster has given up. A member that was frozen or cut off may not hear of it by itself, as
 * nobody talks to it any more, and others that start anew may join it: they would be a second cluster. Only who speaks for a
 * majority, and goes on himself, gives others up. Thread-safe; writes on a thread of its own until it is stored.
 */
public final class GivenUp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GivenUp.class);
    private static final Duration EVERY = Duration.ofMillis(200);
    /** It is noted again: the database may fail over to a standby that has not heard of it. */
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(2);
    private static final Set<MemberStatus> GOING_ON = Set.of(MemberStatus.up(), MemberStatus.leaving());

    private final Cluster cluster;
    private final MajorityLease lease;
    private final MemberTable table;
    private final Map<String, Downed> downed = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("ritsem-members-given-up").daemon().factory());
    private boolean inTrouble;

    /** @param due when it is to be noted next; these are of {@link System#nanoTime()} */
    private record Downed(long since, long due) {}

    private GivenUp(Cluster cluster, MajorityLease lease, MemberTable table) {
        this.cluster = cluster;
        this.lease = lease;
        this.table = table;
    }

    /** Begins; to be called once on each node, which must be a member by now. */
    public static GivenUp watch(ActorSystem<?> system, MajorityLease lease, MemberTable table) {
        GivenUp givenUp = new GivenUp(Cluster.get(system), lease, table);
        Behavior<MemberDowned> listener = Behaviors.setup(context -> {
            akka.cluster.typed.Cluster.get(context.getSystem())
                    .subscriptions()
                    .tell(Subscribe.create(context.getSelf(), MemberDowned.class));
            return Behaviors.receiveMessage(event -> {
                long now = System.nanoTime();
                givenUp.downed.put(Peers.nameOf(event.member()), new Downed(now, now + EVERY.toNanos()));
                return Behaviors.same();
            });
        });
        var _ = system.systemActorOf(listener, "ritsem-given-up", Props.empty());
        var _ = givenUp.clock.scheduleWithFixedDelay(givenUp::tell, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return givenUp;
    }

    /** Those of the look before: a decision to give up all, this node too, names it last. */
    private void tell() {
        long now = System.nanoTime();
        downed.values().removeIf(one -> now - one.since() > LONG_ENOUGH.toNanos());
        Set<String> due = new HashSet<>();
        downed.forEach((member, one) -> {
            if (now - one.due() >= 0) {
                due.add(member);
            }
        });
        if (!due.isEmpty() && lease.isHeld() && GOING_ON.contains(cluster.selfMember().status())) {
            try {
                table.giveUp(Peers.nameOf(cluster.selfMember()), due);
                due.forEach(member -> downed.computeIfPresent(member,
                        (_, one) -> new Downed(one.since(), now + AGAIN.toNanos())));
                inTrouble = false;
            } catch (SQLException | RuntimeException | Error failure) { // whatever is thrown would end the looks
                if (!inTrouble) {
                    LOG.warn("It cannot be noted that {} were given up, trying again: {}", due, failure.toString());
                }
                inTrouble = true;
            }
        }
    }

    @Override public void close() {
        clock.shutdownNow();
    }
}

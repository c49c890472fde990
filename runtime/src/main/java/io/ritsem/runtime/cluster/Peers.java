package io.ritsem.runtime.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

import akka.actor.ActorSelection;
import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.cluster.PeerMessage.Ping;
import io.ritsem.runtime.cluster.PeerMessage.Pong;
import io.ritsem.runtime.cluster.PeerMessage.Tick;

/**
 * Asks the other members every second whether they are there, which keeps the {@link MajorityLease}, and whether the
 * database takes their writes: a node that alone has lost it gives its entities away at once, by leaving. If nobody can
 * write, nobody leaves. Actor-confined.
 */
public final class Peers extends AbstractBehavior<PeerMessage> {

    private static final String NAME = "ritsem-peers";
    /** Not that of the commands, behind which the question would wait. */
    private static final String DISPATCHER = "akka.actor.internal-dispatcher";
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** So long this node has not written, and another has without a break: it is not the database. */
    private static final Duration LOST = Duration.ofSeconds(6);

    /** Those that the split brain resolver counts, too. */
    private static final Set<MemberStatus> COUNTED = Set.of(MemberStatus.up(), MemberStatus.leaving(),
            MemberStatus.exiting());

    private final Cluster cluster;
    private final MajorityLease lease;
    private final Supplier<DatabaseContact> database;
    private final String self;
    private final Map<String, Long> answered = new HashMap<>();
    private final SequencedMap<Long, Long> asked = new LinkedHashMap<>();
    private long round;
    private boolean leaving;

    /**
     * How this node stands with the database.
     *
     * @param writing for how long every write has succeeded; zero if the last one did not
     * @param silence for how long none has
     */
    public record DatabaseContact(Duration writing, Duration silence) {}

    private Peers(ActorContext<PeerMessage> context, MajorityLease lease, Supplier<DatabaseContact> database) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.lease = lease;
        this.database = database;
        this.self = nameOf(cluster.selfMember());
    }

    /** Starts to ask, and keeps the lease from now on; to be called once on each node. */
    public static void watch(ActorSystem<?> system, MajorityLease lease, Supplier<DatabaseContact> database) {
        var _ = system.systemActorOf(Behaviors.<PeerMessage>withTimers(timers -> {
            timers.startTimerAtFixedRate(new Tick(), Duration.ZERO, EVERY);
            return Behaviors.setup(context -> new Peers(context, lease, database));
        }), NAME, DispatcherSelector.fromConfig(DISPATCHER));
    }

    @Override public Receive<PeerMessage> createReceive() {
        return newReceiveBuilder().onMessage(Tick.class, _ -> ask())
                .onMessage(Ping.class, this::answer)
                .onMessage(Pong.class, this::answered)
                .build();
    }

    private Behavior<PeerMessage> ask() {
        long now = System.nanoTime();
        asked.putLast(++round, now);
        asked.entrySet().removeIf(entry -> now - entry.getValue() > MajorityLease.HELD.toNanos());
        for (Member member : members()) {
            if (!nameOf(member).equals(self)) {
                peer(member.address()).tell(new Ping(round, getContext().getSelf()),
                        Adapter.toClassic(getContext().getSelf()));
            }
        }
        renew(now);
        return this;
    }

    private ActorSelection peer(Address address) {
        return Adapter.toClassic(getContext()).actorSelection(address + "/system/" + NAME);
    }

    private Behavior<PeerMessage> answer(Ping ping) {
        ping.replyTo().tell(new Pong(ping.round(), self, database.get().writing().toMillis()));
        return this;
    }

    private Behavior<PeerMessage> answered(Pong pong) {
        @Nullable Long sent = asked.get(pong.round());
        if (sent != null) {
            answered.merge(pong.from(), sent, (one, other) -> one - other > 0 ? one : other);
            renew(System.nanoTime());
            leaveIfOthersWrite(Duration.ofMillis(pong.writingMillis()));
        }
        return this;
    }

    private void renew(long now) {
        List<String> members = members().stream().map(Peers::nameOf).toList();
        answered.keySet().retainAll(members);
        if (!members.contains(self)) {
            return;
        }
        SequencedMap<String, OptionalLong> moments = new LinkedHashMap<>();
        for (String member : members) {
            @Nullable Long moment = answered.get(member);
            moments.put(member, member.equals(self)
                    ? OptionalLong.of(now)
                    : moment == null ? OptionalLong.empty() : OptionalLong.of(moment));
        }
        MajorityLease.answeredSince(moments).ifPresent(lease::renew);
    }

    /** In the order in which the split brain resolver finds the first. */
    private List<Member> members() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> COUNTED.contains(member.status()))
                .sorted((one, other) -> Member.addressOrdering().compare(one.address(), other.address()))
                .toList();
    }

    /** Another run of the same node is another member. */
    static String nameOf(Member member) {
        return member.address() + "#" + member.uniqueAddress().longUid();
    }

    private void leaveIfOthersWrite(Duration othersWriting) {
        DatabaseContact contact = database.get();
        if (!leaving && contact.silence().compareTo(LOST) > 0 && othersWriting.compareTo(LOST) > 0) {
            leaving = true;
            getContext().getLog()
                    .error("The database has not taken a write of this node for {} s, though it takes those of others: "
                            + "the node leaves the cluster, so that its entities are served elsewhere, and ends",
                            contact.silence().toSeconds());
            lease.revoke();
            cluster.down(cluster.selfAddress());
        }
    }
}

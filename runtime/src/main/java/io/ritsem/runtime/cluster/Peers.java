package io.ritsem.runtime.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import akka.actor.ActorSelection;
import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.cluster.PeerMessage.Ping;
import io.ritsem.runtime.cluster.PeerMessage.Pong;
import io.ritsem.runtime.cluster.PeerMessage.Tick;

/**
 * Asks the other members every second whether they are there, which keeps the {@link MajorityLease}, and whether the
 * database takes their writes, by which {@link GivingUp} decides. Actor-confined.
 */
public final class Peers extends AbstractBehavior<PeerMessage> {

    private static final String NAME = "ritsem-peers";
    /** Not that of the commands, behind which the question would wait. */
    private static final String DISPATCHER = "akka.actor.internal-dispatcher";
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** Those that the split brain resolver counts, too. */
    private static final Set<MemberStatus> COUNTED = Set.of(MemberStatus.up(), MemberStatus.leaving());

    /** Those that it might count a moment later, on the other side of a split perhaps. */
    private static final Set<MemberStatus> COMING = Set.of(MemberStatus.joining(), MemberStatus.weaklyUp());

    /** Those that it counts on either side, also a moment later. */
    private static final Set<MemberStatus> STAYING = Set.of(MemberStatus.up());

    /** So lately the database must have said that nobody has given this node up, if it was without a lease. */
    private static final Duration LATELY = Duration.ofSeconds(2);

    /** And so lately otherwise: nobody is given the right to form another cluster as long as it beats every 10 s. */
    private static final Duration TOLD = Duration.ofSeconds(8);

    private final Cluster cluster;
    private final MajorityLease lease;
    private final Function<Set<String>, DatabaseContact> database;
    private final String self;
    private final Map<String, Long> answered = new HashMap<>();
    private final SequencedMap<Long, Long> asked = new LinkedHashMap<>();
    private final GivingUp givingUp = new GivingUp();
    private long round = System.nanoTime(); // no answer to one before a restart is taken for one to a question after it
    private boolean leaving;

    /**
     * How this node stands with the database.
     *
     * @param writing for how long every write has succeeded; zero if the last one did not
     * @param failing for how long every write has failed; zero if none did
     * @param untold how long ago it has last answered whether this node was given up
     * @param doubtful whether it was not asked of all others yet, or one that goes on here was given up
     * @param givenUp whether this node was, or is in the cluster of one that was
     */
    public record DatabaseContact(Duration writing, Duration failing, Duration untold, boolean doubtful,
            boolean givenUp) {}

    private Peers(ActorContext<PeerMessage> context, MajorityLease lease,
            Function<Set<String>, DatabaseContact> database) {
        super(context);
        this.cluster = Cluster.get(context.getSystem());
        this.lease = lease;
        this.database = database;
        this.self = nameOf(cluster.selfMember());
    }

    /**
     * Starts to ask, and keeps the lease from now on; to be called once on each node.
     *
     * @param database told who goes on, as far as this node knows
     */
    public static void watch(ActorSystem<?> system, MajorityLease lease,
            Function<Set<String>, DatabaseContact> database) {
        Behavior<PeerMessage> peers = Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Tick(), Duration.ZERO, EVERY);
            return Behaviors.setup(context -> new Peers(context, lease, database));
        });
        var _ = system.systemActorOf(Behaviors.supervise(peers).onFailure(SupervisorStrategy.restart()), NAME,
                DispatcherSelector.fromConfig(DISPATCHER));
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
        for (Member member : members(_ -> true)) {
            if (!nameOf(member).equals(self)) {
                peer(member.address()).tell(new Ping(round, getContext().getSelf()),
                        Adapter.toClassic(getContext().getSelf()));
            }
        }
        boolean heard = renew(now);
        if (contact().givenUp()) {
            giveUp("The other members have given this node up, or it has joined somebody who was given up");
        }
        givingUp.afterLook(cluster.selfMember().status().equals(MemberStatus.up()), heard)
                .ifPresent(this::giveUp);
        return this;
    }

    private ActorSelection peer(Address address) {
        return Adapter.toClassic(getContext()).actorSelection(address + "/system/" + NAME);
    }

    /** Whom somebody has lost sight of, or who is on his way out, is to lose his lease before others have his entities. */
    private Behavior<PeerMessage> answer(Ping ping) {
        Address asker = ping.replyTo().path().address();
        CurrentClusterState state = cluster.state();
        if (members(Peers::isCountedOrComing).stream().anyMatch(member -> member.address().equals(asker))
                && state.getUnreachable().stream().noneMatch(member -> member.address().equals(asker))) {
            ping.replyTo().tell(new Pong(ping.round(), self, contact().writing().toMillis()));
        }
        return this;
    }

    private Behavior<PeerMessage> answered(Pong pong) {
        @Nullable Long sent = asked.get(pong.round());
        if (sent != null) {
            answered.merge(pong.from(), sent, (one, other) -> one - other > 0 ? one : other);
            var _ = renew(System.nanoTime());
            GivingUp.without(contact(), Duration.ofMillis(pong.writingMillis())).ifPresent(this::giveUp);
        }
        return this;
    }

    /**
     * Whether a majority has answered lately. It keeps the lease as long as all are so: a majority of those who stay, of those whom the resolver counts, and of all that there are.
     * Who is down or on his way out is there until all others have agreed that he is gone; before, the others may have gone
     * on with him and without this node.
     */
    private boolean renew(long now) {
        List<Member> all = members(_ -> true);
        answered.keySet().retainAll(all.stream().map(Peers::nameOf).toList());
        if (!COUNTED.contains(cluster.selfMember().status())) {
            lease.lapse();
            return false;
        }
        long since = now;
        for (List<Member> some : List.of(members(member -> STAYING.contains(member.status())),
                members(member -> COUNTED.contains(member.status())), all)) {
            OptionalLong bySome = MajorityLease.answeredSince(moments(some, now));
            if (bySome.isEmpty() && !some.isEmpty()) {
                return false;
            }
            since = Math.min(since, bySome.orElse(since));
        }
        renew(now, since);
        return now - since < MajorityLease.HELD.toNanos();
    }

    /** As long as the database says, too, that nobody has given this node up: a cluster that was formed beside it would. */
    private void renew(long now, long answeredSince) {
        DatabaseContact contact = contact();
        if (contact.givenUp()) {
            lease.lapse();
        } else if (lease.isHeld() || (contact.untold().compareTo(LATELY) < 0 && !contact.doubtful())) {
            lease.renew(Math.min(answeredSince,
                    now - contact.untold().toNanos() + TOLD.minus(MajorityLease.HELD).toNanos()));
        }
    }

    private DatabaseContact contact() {
        return database.apply(
                members(Peers::isCountedOrComing).stream().map(Peers::nameOf).collect(Collectors.toUnmodifiableSet()));
    }

    private SequencedMap<String, OptionalLong> moments(List<Member> members, long now) {
        SequencedMap<String, OptionalLong> moments = new LinkedHashMap<>();
        for (Member member : members) {
            String name = nameOf(member);
            @Nullable Long moment = answered.get(name);
            moments.put(name, name.equals(self)
                    ? OptionalLong.of(now)
                    : moment == null ? OptionalLong.empty() : OptionalLong.of(moment));
        }
        return moments;
    }

    private static boolean isCountedOrComing(Member member) {
        return COUNTED.contains(member.status()) || COMING.contains(member.status());
    }

    /** In the order in which the split brain resolver finds the first. */
    private List<Member> members(Predicate<Member> which) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(which)
                .sorted((one, other) -> Member.addressOrdering().compare(one.address(), other.address()))
                .toList();
    }

    /** Who this node is as a member: its address, and its run. */
    public static String nameOfThis(ActorSystem<?> system) {
        return nameOf(Cluster.get(system).selfMember());
    }

    /** Another run of the same node is another member. */
    static String nameOf(Member member) {
        return member.address() + "#" + member.uniqueAddress().longUid();
    }

    private void giveUp(String why) {
        if (!leaving) {
            leaving = true;
            getContext().getLog()
                    .error("{}: the node leaves the cluster, so that its entities are served elsewhere, and ends",
                            why);
            lease.revoke();
            cluster.down(cluster.selfAddress());
        }
    }
}

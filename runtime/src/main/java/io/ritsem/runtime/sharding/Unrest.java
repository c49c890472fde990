package io.ritsem.runtime.sharding;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;

/**
 * Whether entities may just be moving or their node dying: some member cannot be reached, or one came or went a while ago.
 * In a cluster at rest, and where there is only one node, who does not answer is slow, and to ask him again would make him
 * slower. Not thread-safe.
 */
final class Unrest {

    /** Longer than it takes until the entities of a member that came or went are served elsewhere. */
    private static final long LASTS = Duration.ofSeconds(30).toNanos();

    private final Cluster cluster;
    private Map<UniqueAddress, MemberStatus> members = Map.of();
    private long until = System.nanoTime();

    Unrest(ActorSystem<?> system) {
        this.cluster = Cluster.get(system);
    }

    /** To be called often. */
    boolean prevails(long now) {
        CurrentClusterState state = cluster.state();
        Map<UniqueAddress, MemberStatus> present = new HashMap<>();
        state.getMembers().forEach(member -> present.put(member.uniqueAddress(), member.status()));
        boolean alone = Math.max(present.size(), members.size()) <= 1;
        if (!alone && (!present.equals(members) || !state.getUnreachable().isEmpty())) {
            until = now + LASTS;
        }
        members = present;
        return until - now > 0;
    }
}

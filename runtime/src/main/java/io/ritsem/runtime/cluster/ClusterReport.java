package io.ritsem.runtime.cluster;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a cluster stands. Immutable; its JSON is what the API gives, so a component is named once and for all.
 *
 * @param node the address of the one that was asked, such as {@code akka://ritsem@10.0.0.1:25520}
 * @param members in the order in which they came, the oldest first
 * @param numberOfShards how many there are; one of whose entities none was asked for yet is nowhere
 * @param shards those that the members who answered said they have
 */
public record ClusterReport(String node, List<Member> members, long numberOfShards, List<Shard> shards) {

    /**
     * A member.
     *
     * @param node its address
     * @param status as Akka names it, in small letters, such as {@code up} or {@code leaving}
     * @param reachable whether all members that watch it hear of it
     * @param oldest whether it decides where shards go
     * @param answered whether it told the asked node in time which shards it has; if not, {@code shards} lacks them
     */
    public record Member(String node, String status, boolean reachable, boolean oldest, boolean answered) {}

    /**
     * A part of the entities.
     *
     * @param node the address of the member that has it
     * @param entities how many of it are awake; null if it did not say so in time
     */
    public record Shard(String shard, String node, @Nullable Long entities) {}
}

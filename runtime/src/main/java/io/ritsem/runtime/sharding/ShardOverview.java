package io.ritsem.runtime.sharding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

import akka.actor.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.ClusterSharding;
import akka.cluster.sharding.ShardRegion;
import akka.cluster.sharding.ShardRegion.ShardRegionStats;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.pattern.Patterns;
import scala.jdk.javaapi.CollectionConverters;

import io.ritsem.runtime.cluster.ClusterOverview;
import io.ritsem.runtime.cluster.ClusterReport;
import io.ritsem.runtime.cluster.ClusterReport.Shard;

/**
 * Asks each member for its shards, and not Akka's coordinator for those of all ({@code GetClusterShardingStats}): that one
 * answers with nothing at all when a single member is silent, which is when somebody looks. Thread-safe.
 */
public final class ShardOverview implements ClusterOverview {

    /** Longer than the 3 s that a member gives each of its shards, so that it can say which of them is silent. */
    private static final Duration TO_ANSWER = Duration.ofSeconds(4);

    private final ActorSystem system;
    private final Cluster cluster;
    private final String region;
    private final int numberOfShards;

    private ShardOverview(akka.actor.typed.ActorSystem<?> system) {
        this.system = Adapter.toClassic(system);
        this.cluster = Cluster.get(system);
        this.region = ClusterSharding.get(this.system)
                .shardRegion(ShardedEntities.TYPE.name())
                .path()
                .toStringWithoutAddress();
        this.numberOfShards = ClusterShardingSettings.create(system).numberOfShards();
    }

    /** To be called when the entities of this node have been started. */
    public static ClusterOverview of(akka.actor.typed.ActorSystem<?> system) {
        return new ShardOverview(system);
    }

    @Override public CompletionStage<ClusterReport> look() {
        CurrentClusterState state = cluster.state();
        Map<Member, CompletableFuture<Optional<ShardRegionStats>>> asked = new LinkedHashMap<>();
        StreamSupport.stream(state.getMembers().spliterator(), false)
                .sorted(ShardOverview::byAge)
                .forEach(member -> asked.put(member, shardsOf(member)));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> report(state, asked));
    }

    private static int byAge(Member one, Member other) {
        return one.equals(other) ? 0 : one.isOlderThan(other) ? -1 : 1;
    }

    /** Empty if it does not answer in time. */
    private CompletableFuture<Optional<ShardRegionStats>> shardsOf(Member member) {
        return Patterns
                .ask(system.actorSelection(member.address() + region), ShardRegion.getRegionStatsInstance(), TO_ANSWER)
                .toCompletableFuture()
                .handle((answer, silence) -> silence == null && answer instanceof ShardRegionStats stats
                        ? Optional.of(stats)
                        : Optional.empty());
    }

    private ClusterReport report(CurrentClusterState state,
            Map<Member, CompletableFuture<Optional<ShardRegionStats>>> asked) {
        Optional<Member> oldest = asked.keySet()
                .stream()
                .filter(member -> member.status().equals(MemberStatus.up())
                        || member.status().equals(MemberStatus.leaving()))
                .findFirst();
        List<ClusterReport.Member> members = new ArrayList<>();
        List<Shard> shards = new ArrayList<>();
        asked.forEach((member, answer) -> {
            String node = member.address().toString();
            Optional<ShardRegionStats> stats = answer.resultNow();
            members.add(new ClusterReport.Member(node, member.status().toString().toLowerCase(Locale.ROOT),
                    !state.getUnreachable().contains(member), oldest.filter(member::equals).isPresent(),
                    stats.isPresent()));
            stats.ifPresent(each -> addShards(node, each, shards));
        });
        shards.sort(Comparator.<Shard>comparingInt(each -> each.shard().length())
                .thenComparing(Shard::shard));
        return new ClusterReport(cluster.selfAddress().toString(), members, numberOfShards, shards);
    }

    private static void addShards(String node, ShardRegionStats stats, List<Shard> shards) {
        CollectionConverters.asJava(stats.stats())
                .forEach((shard, entities) -> shards.add(new Shard(shard, node, ((Number) entities).longValue())));
        CollectionConverters.asJava(stats.failed()).forEach(shard -> shards.add(new Shard(shard, node, null)));
    }
}

package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.ritsem.chaos.load.Traffic;
import io.ritsem.harness.HttpCaller;

/** Which entities are at which node: by their shards, of which a node says where they are. Stateless. */
final class Shards {

    /** As akka.cluster.sharding.number-of-shards says it. */
    private static final int SHARDS = 100;
    private static final Pattern SHARD = Pattern.compile("\"shard\":\"(\\d+)\",\"node\":\"([^\"]+)\"");
    private static final int PATIENCE_MILLIS = 3_000;

    private Shards() {}

    /** The accounts of the traffic that are at a node, as the first of these says that answers. */
    static Set<String> ownedBy(ClusterNode owner, List<ClusterNode> asked) {
        for (ClusterNode node : asked) {
            try (HttpCaller caller = new HttpCaller(node.address(), PATIENCE_MILLIS)) {
                Set<String> shards = new HashSet<>();
                Matcher shard = SHARD.matcher(caller.get("/api/admin/cluster", "").body());
                while (shard.find()) {
                    if (shard.group(2).contains("@" + owner.remoting())) {
                        shards.add(shard.group(1));
                    }
                }
                return Traffic.accounts()
                        .stream()
                        .filter(account -> shards.contains(shard(account)))
                        .collect(Collectors.toSet());
            } catch (IOException silent) {
                // another one may say it
            }
        }
        throw new IllegalStateException("No node says where the shards are");
    }

    private static String shard(String account) {
        return Integer.toString(Math.abs(("account|" + account).hashCode() % SHARDS));
    }
}

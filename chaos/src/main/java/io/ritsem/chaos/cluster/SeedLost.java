package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.ground.Networks;
import io.ritsem.chaos.load.Traffic;

/**
 * Two of three nodes start anew and find the third, which is killed before it has taken them in: whom they were to join is not
 * there any more, and its successor is no member, so they have to look again.
 */
final class SeedLost implements UnderTraffic {

    private static final String TRIED = "Couldn't join seed nodes";
    private static final int BEFORE_MILLIS = 5_000;
    private static final int TO_TRY_SECONDS = 30;
    private static final int LOOK_MILLIS = 100;
    private static final int FULL_SERVICE_SECONDS = 60;

    @Override public String name() {
        return "seed-lost";
    }

    @Override public boolean needsNetworks() {
        return true;
    }

    @Override public String happen(Cluster cluster, Traffic traffic, List<String> broken) throws IOException {
        Networks networks = cluster.networks().orElseThrow();
        ClusterNode seed = cluster.nodes().getLast(); // of those that are no members the first would form a cluster
        List<ClusterNode> others = cluster.nodes().subList(0, cluster.nodes().size() - 1);
        Pause.millis(BEFORE_MILLIS);
        cluster.diary().note("node %d can be found and not joined, the others are killed".formatted(seed.number()));
        others.forEach(other -> networks.cut(other.address().host(), seed.remoting()));
        others.forEach(other -> other.process().kill());
        awaitTried(cluster, others);
        seed.process().kill();
        networks.heal();
        FullService.Found service = cluster.service().await(System.nanoTime(), FULL_SERVICE_SECONDS);
        broken.addAll(service.missing());
        return String.format(Locale.ROOT, "full service %.1f s after the seed was killed", service.seconds());
    }

    private static void awaitTried(Cluster cluster, List<ClusterNode> others) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TO_TRY_SECONDS);
        for (ClusterNode other : others) {
            while (!cluster.said(other.number()).contains(TRIED)) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("Node %d has not tried to join within %d s".formatted(
                            other.number(), TO_TRY_SECONDS));
                }
                Pause.millis(LOOK_MILLIS);
            }
        }
    }
}

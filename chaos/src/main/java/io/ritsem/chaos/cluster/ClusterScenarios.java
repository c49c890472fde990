package io.ritsem.chaos.cluster;

import java.util.List;

import io.ritsem.chaos.scenario.Scenario;

/** The promises of a cluster of three nodes. */
public final class ClusterScenarios {

    private ClusterScenarios() {}

    /** In the order in which they run. */
    public static List<Scenario> all() {
        return List.of(new NodeKills(), new RollingRestart(), new Scaling(), new FrozenNodes(), new GivenUpUnawares(),
                new Partition("partition-alone", ClusterFault.ALONE, 60, 25),
                new Partition("partition-unheard", ClusterFault.UNHEARD, 60, 25),
                new Partition("partition-pair", ClusterFault.PAIR, 40, 0),
                new Partition("partition-flapping", ClusterFault.FLAPPING, 30, 0),
                new Partition("partition-database", ClusterFault.WITHOUT_DATABASE, 30, 25), new SeedLost(),
                new TwoClusters(), new DatabaseFailover(), new ClusterUpgrade(), new ClusterMix());
    }
}

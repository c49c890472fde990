package io.ritsem.runtime.cluster;

import java.util.concurrent.CompletionStage;

/** Who is in the cluster, and which shard of the entities is where, as this node sees it. Thread-safe. */
public interface ClusterOverview {

    /** Asks every member. Completes within 4 s, whoever does not answer, and does not fail. */
    CompletionStage<ClusterReport> look();
}

package io.ritsem.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import akka.actor.CoordinatedShutdown;
import akka.actor.CoordinatedShutdown.ClusterJoinUnsuccessfulReason$;
import akka.actor.CoordinatedShutdown.IncompatibleConfigurationDetectedReason$;
import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import akka.cluster.MemberStatus;
import akka.management.cluster.bootstrap.ClusterBootstrap;

import io.ritsem.node.ClusterSettings.Formation;

/** This node as a member of its cluster. Thread-safe. */
final class Membership {

    private static final String ENDED = "it was ended before";

    private final Cluster cluster;
    private final CompletableFuture<Void> up = new CompletableFuture<>();

    private Membership(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Begins to join the others, or to be alone. Bootstrapping asks them at their management ports, which must be open. */
    static Membership join(ActorSystem<?> system, Formation formation) {
        Cluster cluster = Cluster.get(system);
        Membership membership = new Membership(cluster);
        cluster.registerOnMemberUp(() -> membership.up.complete(null));
        var _ = system.getWhenTerminated()
                .thenRun(() -> membership.up.completeExceptionally(new IllegalStateException(whyEnded(system))));
        switch (formation) {
            case ALONE -> cluster.join(cluster.selfAddress());
            case CONTACT_POINTS, KUBERNETES -> ClusterBootstrap.get(system).start();
        }
        return membership;
    }

    private static String whyEnded(ActorSystem<?> system) {
        return CoordinatedShutdown.get(system).getShutdownReason().map(reason -> switch (reason) {
            case IncompatibleConfigurationDetectedReason$ _ ->
                    "its members have another database, or are set otherwise, as the log of the one says that was asked";
            case ClusterJoinUnsuccessfulReason$ _ ->
                    "the members that it had found did not take it in, and are gone perhaps";
            default -> ENDED;
        }).orElse(ENDED);
    }

    /** Completes when the cluster has taken it in; fails if it does not, or if the node is ended before. */
    CompletionStage<Void> up() {
        return up.minimalCompletionStage();
    }

    /** Whether it is a full member at this moment: neither on its way in nor out. */
    boolean isUp() {
        return cluster.selfMember().status().equals(MemberStatus.up());
    }
}

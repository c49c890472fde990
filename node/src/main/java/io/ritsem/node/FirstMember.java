package io.ritsem.node;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import akka.actor.ActorSystem;
import akka.actor.setup.Setup;
import akka.actor.typed.javadsl.Adapter;
import akka.management.cluster.bootstrap.ClusterBootstrapSettings;
import akka.management.cluster.bootstrap.JoinDecision;
import akka.management.cluster.bootstrap.JoinSelf$;
import akka.management.cluster.bootstrap.KeepProbing$;
import akka.management.cluster.bootstrap.LowestAddressJoinDecider;
import akka.management.cluster.bootstrap.SeedNodesInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Decides whether a node that finds no cluster forms one: the first of those that it sees does, as is usual, but only with
 * the right to it from the database, which gives it to one at a time. Two groups of nodes that do not see each other would
 * be two clusters otherwise, for good. Named in the configuration; thread-safe.
 */
public final class FirstMember extends LowestAddressJoinDecider {

    private static final Logger LOG = LoggerFactory.getLogger(FirstMember.class);
    private static final int SAID_EVERY = 10;

    private final ActorSystem system;
    private final Right right;
    private int refused; // one decision is made after the other

    /** Asks the database for the right. */
    @FunctionalInterface
    interface Claim {

        /** The processes of members that are at work already; empty if this node may form a cluster. */
        List<String> of(akka.actor.typed.ActorSystem<?> node) throws SQLException;
    }

    /** Carries the claim to where Akka Management makes use of it. */
    static final class Right extends Setup {

        private final Claim claim;

        Right(Claim claim) {
            this.claim = claim;
        }
    }

    /** Called by Akka Management. */
    public FirstMember(ActorSystem system, ClusterBootstrapSettings settings) {
        super(system, settings);
        this.system = system;
        this.right = system.settings().setup().get(Right.class).orElseThrow();
    }

    @Override public Future<JoinDecision> decide(SeedNodesInformation found) {
        return super.decide(found).flatMap(decision -> decision.equals(JoinSelf$.MODULE$)
                ? FutureConverters.asScala(CompletableFuture.supplyAsync(this::claimed,
                        task -> Thread.ofVirtual().name("ritsem-first-member").start(task)))
                : Future.successful(decision), ExecutionContext.parasitic$.MODULE$);
    }

    private JoinDecision claimed() {
        try {
            List<String> atWork = right.claim.of(Adapter.toTyped(system));
            if (atWork.isEmpty()) {
                return JoinSelf$.MODULE$;
            }
            if (refused++ % SAID_EVERY == 0) {
                LOG.warn(
                        "There is another cluster on this database ({}), which this node has not found. It forms no second "
                                + "one, and goes on looking",
                        String.join(", ", atWork));
            }
        } catch (SQLException away) {
            LOG.warn("The database does not say whether there is a cluster already, so this node forms none: {}",
                    away.toString());
        }
        return KeepProbing$.MODULE$;
    }
}

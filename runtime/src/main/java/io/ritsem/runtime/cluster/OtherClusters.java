package io.ritsem.runtime.cluster;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.journal.NodeHeartbeat;

/**
 * Raises the alarm when nodes of another cluster work on the same database. The database keeps what both store right, but
 * each has entities in memory that do not know what the other's have stored. Looks every 10 s on a thread of its own, and
 * speaks of who was there in three looks: a node that the cluster has just given up needs a moment to end. Thread-safe.
 */
public final class OtherClusters implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OtherClusters.class);
    private static final int LOOKS = 3;

    private final Cluster cluster;
    private final NodeHeartbeat heartbeat;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("ritsem-other-clusters").daemon().factory());
    private Map<String, Integer> seen = Map.of();

    private OtherClusters(Cluster cluster, NodeHeartbeat heartbeat) {
        this.cluster = cluster;
        this.heartbeat = heartbeat;
    }

    /**
     * Begins to look. The node must be a member by now.
     *
     * @param every between two looks
     */
    public static OtherClusters watch(ActorSystem<?> system, NodeHeartbeat heartbeat, Duration every) {
        heartbeat.joined();
        OtherClusters others = new OtherClusters(Cluster.get(system), heartbeat);
        var _ = others.clock.scheduleWithFixedDelay(others::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        return others;
    }

    /**
     * Asks for the right to form a cluster, which nobody has while members of another are at work on this database.
     *
     * @return the processes of those; empty if this node has the right
     */
    public static List<String> claimFirst(ActorSystem<?> system, NodeHeartbeat heartbeat) throws SQLException {
        return heartbeat.members()
                .claimFirst(Peers.nameOfThis(system), heartbeat.writingFor());
    }

    synchronized void look() {
        try {
            Set<String> members = members();
            Map<String, Integer> now = new HashMap<>();
            heartbeat.members().strangers(members).forEach((member, process) -> {
                int times = seen.getOrDefault(member, 0) + 1;
                now.put(member, times);
                if (times % LOOKS == 0) {
                    LOG.error(
                            "There is another cluster on this database: {} ({}) is none of this one's {} members. What "
                                    + "is stored is right, but entities may answer from older states: stop one of the two",
                            member, process, members.size());
                }
            });
            seen = now;
        } catch (SQLException away) {
            LOG.debug("Nodes of other clusters cannot be looked for while the database is away", away);
        } catch (RuntimeException | Error bug) { // whatever is thrown would end the looks
            LOG.warn("Nodes of other clusters cannot be looked for now", bug);
        }
    }

    private Set<String> members() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .map(Peers::nameOf)
                .collect(Collectors.toSet());
    }

    @Override public void close() {
        clock.shutdownNow();
    }
}

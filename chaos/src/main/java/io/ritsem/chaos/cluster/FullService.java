package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.chaos.load.CallLog;
import io.ritsem.chaos.load.Client;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Told;
import io.ritsem.harness.HttpCaller;

/**
 * Whether a cluster gives all that it has to: every node is ready, all are members of one cluster and reachable, and each
 * takes a write and reads it. Not thread-safe.
 */
final class FullService {

    private static final Pattern MEMBER = Pattern.compile(
            "\"node\":\"([^\"]+)\",\"status\":\"up\",\"reachable\":true");
    /** By a node that has no such answer: then its word that it is ready has to do. */
    private static final Set<String> UNTOLD = Set.of("one", "other", "third");
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int BETWEEN_MILLIS = 200;

    private final List<ClusterNode> nodes;
    private final CallLog log;
    private int times;

    FullService(List<ClusterNode> nodes, CallLog log) {
        this.nodes = nodes;
        this.log = log;
    }

    /** What is missing after a time, and how long it took if nothing is. */
    record Found(double seconds, List<String> missing) {}

    /**
     * Looks until it is there.
     *
     * @param since when it had to begin, in the nanoseconds of {@link System#nanoTime}
     * @param withinSeconds after how long it gives up
     */
    Found await(long since, int withinSeconds) {
        times++;
        List<String> missing = missing();
        while (!missing.isEmpty() && System.nanoTime() - since < TimeUnit.SECONDS.toNanos(withinSeconds)) {
            Pause.millis(BETWEEN_MILLIS);
            missing = missing();
        }
        double seconds = (System.nanoTime() - since) / 1e9;
        List<String> late = missing.stream()
                .map(what -> "%d s after the last fault %s".formatted(withinSeconds, what))
                .toList();
        return new Found(seconds, late);
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        Set<Set<String>> clusters = new HashSet<>();
        for (ClusterNode node : nodes) {
            if (!node.isReady()) {
                missing.add("node %d was not ready".formatted(node.number()));
            } else {
                clusters.add(members(node));
            }
        }
        if (missing.isEmpty() && (clusters.size() > 1 || clusters.iterator().next().size() != nodes.size())) {
            missing.add("the nodes were not one cluster, but said they were members of " + clusters);
        }
        if (missing.isEmpty()) {
            nodes.forEach(node -> missing.addAll(atWork(node)));
        }
        return missing;
    }

    private static Set<String> members(ClusterNode node) {
        Set<String> members = new HashSet<>();
        try (HttpCaller caller = new HttpCaller(node.address(), PATIENCE_MILLIS)) {
            HttpCaller.Answer answer = caller.get("/api/admin/cluster", "");
            if (answer.status() == 404) {
                return UNTOLD;
            }
            Matcher member = MEMBER.matcher(answer.body());
            while (member.find()) {
                members.add(member.group(1));
            }
        } catch (IOException silent) {
            members.add("silent: " + silent);
        }
        return members;
    }

    /** Asks with the same key until it is told something certain. */
    private List<String> atWork(ClusterNode node) {
        String account = "service%d-%d".formatted(times, node.number());
        try (Client client = new Client(List.of(node.address()), PATIENCE_MILLIS, log);
                HttpCaller reader = new HttpCaller(node.address(), PATIENCE_MILLIS)) {
            Told told = client.send(Command.open(account, account), System.nanoTime());
            int status = reader.get("/api/entities/account/" + account, "").status();
            return told instanceof Told.Accepted && status == 200
                    ? List.of()
                    : List.of("node %d answered a write with %s and a read with %d".formatted(node.number(), told,
                            status));
        } catch (IOException silent) {
            return List.of("node %d did not answer: %s".formatted(node.number(), silent));
        }
    }
}

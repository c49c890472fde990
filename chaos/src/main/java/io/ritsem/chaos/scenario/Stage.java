package io.ritsem.chaos.scenario;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.load.CallLog;
import io.ritsem.chaos.load.Habits;
import io.ritsem.chaos.load.Workload;
import io.ritsem.harness.Address;
import io.ritsem.harness.NodeProcess;
import io.ritsem.postgres.EmbeddedDatabase;

/**
 * A real node, or several, on a real PostgreSQL, for one run, and the log of what their clients are told. Not thread-safe.
 */
public final class Stage implements AutoCloseable {

    private final Run run;
    private final EmbeddedDatabase server;
    private final String url;
    private final NodeProcess node;
    private final Path nodeLog;
    private final List<NodeProcess> others = new ArrayList<>();
    private final CallLog log = new CallLog();
    private final Set<UUID> planted = new HashSet<>();
    private final SplittableRandom random;

    private Stage(Run run, EmbeddedDatabase server, String url, NodeProcess node, Path nodeLog) {
        this.run = run;
        this.server = server;
        this.url = url;
        this.node = node;
        this.nodeLog = nodeLog;
        this.random = new SplittableRandom(run.seed());
    }

    /** A way from the node to its database. */
    public interface Way {

        /** Straight ahead. */
        Way DIRECT = url -> url;

        /** The URL by which the node finds it. */
        String to(String url);
    }

    /** What a migrated database is told before the first node comes. */
    public interface Preparation {

        /** Nothing. */
        Preparation NONE = _ -> {};

        /** Tells it. */
        void of(String url) throws SQLException;
    }

    /** On a server of its own. */
    public static Stage open(Run run) throws IOException, SQLException {
        return open(run, Preparation.NONE);
    }

    /** On a server of its own, with a database that is prepared. */
    public static Stage open(Run run, Preparation preparation) throws IOException, SQLException {
        return open(run, EmbeddedDatabase.temporary(), Way.DIRECT, preparation, Map.of());
    }

    /** On a server of its own, with a node that has these system properties. */
    public static Stage open(Run run, Map<String, String> properties) throws IOException, SQLException {
        return open(run, EmbeddedDatabase.temporary(), Way.DIRECT, Preparation.NONE, properties);
    }

    /** On this server, which it closes with itself. */
    public static Stage open(Run run, EmbeddedDatabase server, Way way) throws IOException, SQLException {
        return open(run, server, way, Preparation.NONE, Map.of());
    }

    private static Stage open(Run run, EmbeddedDatabase server, Way way, Preparation preparation,
            Map<String, String> properties) throws IOException, SQLException {
        boolean opened = false;
        try {
            String url = server.createDatabase();
            NodeProcess.migrate(url);
            run.without().switchOff(url);
            preparation.of(url);
            Path nodeLog = Files.createDirectories(Path.of("target", "node-logs"))
                    .resolve(run.scenario() + "-" + run.seed() + ".log");
            Files.deleteIfExists(nodeLog);
            NodeProcess node = NodeProcess.start(way.to(url), properties, Redirect.appendTo(nodeLog.toFile()));
            opened = true;
            return new Stage(run, server, url, node, nodeLog);
        } finally {
            if (!opened) {
                server.close();
            }
        }
    }

    /** Clients of all nodes that there are by now. */
    public Workload workload(Habits habits) {
        List<Address> nodes = new ArrayList<>(List.of(node.address()));
        others.forEach(other -> nodes.add(other.address()));
        return new Workload(nodes, log, habits, run.seed());
    }

    /** Starts another node on the same database, in a cluster of its own. */
    public NodeProcess startOther() {
        return startOther(Map.of());
    }

    /** Starts another node with these system properties. */
    public NodeProcess startOther(Map<String, String> properties) {
        NodeProcess started = NodeProcess.start(url, properties, Redirect.appendTo(nodeLog.toFile()));
        others.add(started);
        return started;
    }

    public EmbeddedDatabase server() {
        return server;
    }

    /** The database, by the way that has no fault. */
    public String url() {
        return url;
    }

    public NodeProcess node() {
        return node;
    }

    public CallLog log() {
        return log;
    }

    public SplittableRandom random() {
        return random;
    }

    /** Events that no client asked for are expected. */
    public void expect(Set<UUID> causations) {
        planted.addAll(causations);
    }

    /** The causations of events that no client asked for. */
    public Set<UUID> expected() {
        return Set.copyOf(planted);
    }

    /** All that the nodes have said. */
    public String nodeSaid() throws IOException {
        return Files.readString(nodeLog);
    }

    /** Checks what must hold after every run. */
    public List<String> inspect() throws SQLException, IOException {
        return new Inspection(url, node.address()).inspect(log, planted);
    }

    /** The figures from a moment on, and what does not hold. */
    public Verdict verdict(long sinceNanos, String note, List<String> broken) {
        return new Verdict.Ran(run, Figures.of(log.attempts(), sinceNanos), note, List.copyOf(broken));
    }

    @Override public void close() {
        node.kill();
        others.forEach(NodeProcess::kill);
        server.close();
    }
}

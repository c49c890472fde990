package io.ritsem.chaos;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
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
import io.ritsem.harness.NodeProcess;
import io.ritsem.postgres.EmbeddedDatabase;

/** A real node on a real PostgreSQL, for one run, and the log of what its clients are told. Not thread-safe. */
final class Stage implements AutoCloseable {

    private final Run run;
    private final EmbeddedDatabase server;
    private final String url;
    private final NodeProcess node;
    private final Path nodeLog;
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
    interface Way {

        /** Straight ahead. */
        Way DIRECT = url -> url;

        /** The URL by which the node finds it. */
        String to(String url);
    }

    /** On a server of its own. */
    static Stage open(Run run) throws IOException, SQLException {
        return open(run, EmbeddedDatabase.temporary(), Way.DIRECT);
    }

    /** On this server, which it closes with itself. */
    static Stage open(Run run, EmbeddedDatabase server, Way way) throws IOException, SQLException {
        boolean opened = false;
        try {
            String url = server.createDatabase();
            NodeProcess.migrate(url);
            run.without().switchOff(url);
            Path nodeLog = Files.createDirectories(Path.of("target", "node-logs"))
                    .resolve(run.scenario() + "-" + run.seed() + ".log");
            Files.deleteIfExists(nodeLog);
            NodeProcess node = NodeProcess.start(way.to(url), Map.of(), Redirect.appendTo(nodeLog.toFile()));
            opened = true;
            return new Stage(run, server, url, node, nodeLog);
        } finally {
            if (!opened) {
                server.close();
            }
        }
    }

    Workload workload(Habits habits) {
        return new Workload(node.port(), log, habits, run.seed());
    }

    EmbeddedDatabase server() {
        return server;
    }

    /** The database, by the way that has no fault. */
    String url() {
        return url;
    }

    NodeProcess node() {
        return node;
    }

    CallLog log() {
        return log;
    }

    SplittableRandom random() {
        return random;
    }

    /** Events that no client asked for are expected. */
    void expect(Set<UUID> causations) {
        planted.addAll(causations);
    }

    /** All that the node has said. */
    String nodeSaid() throws IOException {
        return Files.readString(nodeLog);
    }

    /** Checks what must hold after every run. */
    List<String> inspect() throws SQLException, IOException {
        return new Inspection(url, node.port()).inspect(log, planted);
    }

    /** The figures from a moment on, and what does not hold. */
    Verdict verdict(long sinceNanos, String note, List<String> broken) {
        return new Verdict.Ran(run, Figures.of(log.attempts(), sinceNanos), note, List.copyOf(broken));
    }

    @Override public void close() {
        node.kill();
        server.close();
    }
}

package io.ritsem.chaos.cluster;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import io.ritsem.chaos.check.Figures;
import io.ritsem.chaos.check.Inspection;
import io.ritsem.chaos.check.Total;
import io.ritsem.chaos.ground.Ground;
import io.ritsem.chaos.ground.Networks;
import io.ritsem.chaos.load.CallLog;
import io.ritsem.chaos.load.Endpoints;
import io.ritsem.chaos.load.SessionLog;
import io.ritsem.chaos.load.Traffic;
import io.ritsem.chaos.scenario.Guard;
import io.ritsem.chaos.scenario.Run;
import io.ritsem.chaos.scenario.Verdict;
import io.ritsem.harness.Address;
import io.ritsem.harness.NodeProcess;
import io.ritsem.postgres.EmbeddedDatabase;

/**
 * Three nodes that form a cluster, each at a place of its own, a PostgreSQL at another, a platform that looks after the nodes,
 * and the logs of what their clients are told. Not thread-safe.
 */
final class Cluster implements AutoCloseable {

    static final int NODES = 3;

    /** Why a scenario is skipped that cuts a way. */
    static final String NO_NETWORKS = "needs networks of its own: run it as root, where 'unshare', 'ip' and 'iptables' are";

    private final Run run;
    private final Ground ground;
    private final List<EmbeddedDatabase> databases;
    private final String url;
    private final Map<String, String> properties;
    private final Diary diary;
    private final Path folder;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final Endpoints endpoints = new Endpoints();
    private final Platform platform;
    private final CallLog calls = new CallLog();
    private final SessionLog sessions = new SessionLog();
    private final FullService service;
    private final SplittableRandom random;

    private Cluster(Run run, Ground ground, List<EmbeddedDatabase> databases, String url,
            Map<String, String> properties) throws IOException {
        this.properties = properties;
        this.run = run;
        this.ground = ground;
        this.databases = databases;
        this.url = url;
        this.folder = Files.createDirectories(Path.of("target", "node-logs"));
        this.diary = new Diary(folder.resolve(run.scenario() + "-" + run.seed() + ".diary"));
        this.platform = new Platform(endpoints, diary);
        this.service = new FullService(nodes, calls);
        this.random = new SplittableRandom(run.seed());
    }

    /** Returns when it gives full service. */
    static Cluster open(Run run) throws IOException, SQLException {
        return open(run, NODES, false, Map.of());
    }

    /** @param properties system properties of all nodes */
    static Cluster open(Run run, Map<String, String> properties) throws IOException, SQLException {
        return open(run, NODES, false, properties);
    }

    /** On a database with a synchronous standby, to which it can fail over; needs a ground with networks. */
    static Cluster withStandby(Run run) throws IOException, SQLException {
        return open(run, NODES, true, Map.of());
    }

    /** Of one node, which others can be added to. */
    static Cluster ofOne(Run run) throws IOException, SQLException {
        return open(run, 1, false, Map.of("ritsem.node.cluster.required-contact-points", "1"));
    }

    private static Cluster open(Run run, int nodes, boolean standby, Map<String, String> properties)
            throws IOException, SQLException {
        Ground ground = ground();
        List<EmbeddedDatabase> databases = new ArrayList<>();
        Cluster cluster = null;
        boolean opened = false;
        try {
            databases.add(ground.networks()
                    .map(networks -> EmbeddedDatabase.temporary(networks.database(1)))
                    .orElseGet(EmbeddedDatabase::temporary));
            String url = databases.getFirst().createDatabase();
            if (standby) {
                databases.add(databases.getFirst().standby(ground.networks().orElseThrow().database(2)));
                url = eitherOf(url, databases);
            }
            NodeProcess.migrate(url);
            run.without().switchOff(url);
            cluster = new Cluster(run, ground, databases, url, properties);
            cluster.start(nodes);
            opened = true;
            return cluster;
        } finally {
            if (!opened && cluster != null) {
                cluster.close();
            } else if (!opened) {
                databases.forEach(EmbeddedDatabase::close);
            }
        }
    }

    private static String eitherOf(String url, List<EmbeddedDatabase> databases) {
        String first = databases.getFirst().host() + ":" + databases.getFirst().port();
        String second = databases.getLast().host() + ":" + databases.getLast().port();
        return url.replace(first, first + "," + second) + "&targetServerType=primary";
    }

    private void start(int number) throws IOException {
        nodes.addAll(begin(1, number));
        nodes.forEach(platform::take);
        nodes.forEach(platform::awaitReady);
        diary.note("full service: " + service.await(System.nanoTime(), 60));
    }

    /** Starts nodes that know of each other, and not of those that there are, and returns at once. */
    List<ClusterNode> begin(int first, int number) throws IOException {
        List<ClusterNode.Site> sites = IntStream.range(first, first + number)
                .mapToObj(at -> ClusterNode.Site.of(ground, at))
                .toList();
        List<Address> contacts = run.without() == Guard.ONE_CLUSTER
                ? List.of()
                : sites.stream().map(ClusterNode.Site::management).toList();
        List<ClusterNode> begun = new ArrayList<>();
        for (ClusterNode.Site site : sites) {
            begun.add(begin(site, contacts));
        }
        return begun;
    }

    /** Starts a node that is a cluster of its own, and returns at once. */
    ClusterNode beginAlone(int number) throws IOException {
        return begin(ClusterNode.Site.of(ground, number), List.of());
    }

    /** Starts one more node, which joins by the first; returns when it is ready. */
    void grow() throws IOException {
        ClusterNode.Site site = ClusterNode.Site.of(ground, nodes.size() + 1);
        ClusterNode node = begin(site, List.of(ClusterNode.Site.of(ground, 1).management(), site.management()));
        nodes.add(node);
        platform.take(node);
        platform.awaitReady(node);
    }

    /** Stops the last node in order, and nobody comes in its place; returns its exit code. */
    OptionalInt shrink() {
        return platform.dismiss(nodes.removeLast());
    }

    private ClusterNode begin(ClusterNode.Site site, List<Address> contacts) throws IOException {
        Path log = log(site.number());
        Files.deleteIfExists(log);
        return new ClusterNode(site, ground.entry(site.number()), new ClusterNode.Setting(url, contacts, properties),
                log);
    }

    Traffic traffic() {
        return new Traffic(endpoints, calls, sessions, run.seed());
    }

    List<ClusterNode> nodes() {
        return nodes;
    }

    ClusterNode any() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** The accounts whose entities a node has now, as another one says; all where none says it. */
    Set<String> ownedBy(ClusterNode node) {
        return Shards.ownedBy(node, nodes.stream().filter(other -> !other.equals(node)).toList());
    }

    /** How long a scenario takes that takes as long as it is told. */
    int minutes() {
        return run.minutes();
    }

    SplittableRandom random() {
        return random;
    }

    Platform platform() {
        return platform;
    }

    Diary diary() {
        return diary;
    }

    FullService service() {
        return service;
    }

    CallLog calls() {
        return calls;
    }

    SessionLog sessions() {
        return sessions;
    }

    List<EmbeddedDatabase> databases() {
        return databases;
    }

    String url() {
        return url;
    }

    /** What the node of this number has said. */
    String said(int number) throws IOException {
        return Files.readString(log(number));
    }

    private Path log(int number) {
        return folder.resolve("%s-%d-node%d.log".formatted(run.scenario(), run.seed(), number));
    }

    /** What does not hold when all is over: checked at each node, as far as a node has a say. */
    List<String> inspect() throws SQLException, IOException {
        List<ClusterNode> answering = nodes.stream().filter(ClusterNode::isReady).toList();
        if (answering.isEmpty()) {
            return List.of("no node is ready in the end, so nothing else was looked at");
        }
        Inspection first = new Inspection(url, answering.getFirst().address());
        List<String> broken = new ArrayList<>(first.inspect(calls, Set.of()));
        for (ClusterNode other : answering.subList(1, answering.size())) {
            broken.addAll(new Inspection(url, other.address()).entities());
        }
        nodes.stream()
                .filter(node -> !answering.contains(node))
                .forEach(node -> broken.add("node %d is not ready in the end".formatted(node.number())));
        Total total = new Total(Traffic.transferred(),
                BigDecimal.valueOf(Traffic.FIRST_CENTS * Traffic.transferred().size(), 2));
        broken.addAll(first.sessions(calls, sessions.seen(), total));
        return broken;
    }

    Verdict verdict(long sinceNanos, String note, List<String> broken) {
        return new Verdict.Ran(run, Figures.of(calls.attempts(), sinceNanos), note, List.copyOf(broken));
    }

    /** On which all clusters of this process stand. */
    static Ground ground() {
        return Ground.here();
    }

    /** The ways between its nodes; empty if nothing can be cut. */
    Optional<Networks> networks() {
        return ground.networks();
    }

    @Override public void close() {
        platform.close();
        ground.networks().ifPresent(Networks::heal);
        nodes.forEach(node -> node.process().kill());
        databases.reversed().forEach(EmbeddedDatabase::close);
    }
}

package io.ritsem.node;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.ritsem.runtime.application.ApplicationModel;

import static java.util.stream.Collectors.joining;

/** Real nodes with the bank that form one cluster, in this process, and clients of them. */
final class BankCluster implements AutoCloseable {

    private final String url;
    private final Map<String, Object> overrides;
    private final ApplicationModel application;
    private final List<Integer> management;
    private final List<BankNode> nodes = new ArrayList<>();

    private BankCluster(String url, int nodes, Map<String, ?> overrides, ApplicationModel application) {
        this.url = url;
        this.application = application;
        this.management = IntStream.range(0, nodes).mapToObj(_ -> freePort()).toList();
        this.overrides = new HashMap<>(overrides);
        this.overrides.put("ritsem.node.cluster.formation", "contact-points");
        this.overrides.put("ritsem.node.cluster.contact-points",
                management.stream().map(port -> "127.0.0.1:" + port).collect(joining(",")));
        this.overrides.put("ritsem.node.cluster.required-contact-points", nodes / 2 + 1);
        this.overrides.put("akka.management.cluster.bootstrap.contact-point-discovery.stable-margin", "500 ms");
        this.overrides.put("akka.management.cluster.bootstrap.contact-point-discovery.interval", "200 ms");
        this.overrides.put("akka.management.cluster.bootstrap.contact-point.probe-interval", "200 ms");
    }

    /** On a new database. */
    static BankCluster of(int nodes, Map<String, ?> overrides) throws Exception {
        return of(nodes, overrides, Node.application());
    }

    /** The same with another application. */
    static BankCluster of(int nodes, Map<String, ?> overrides, ApplicationModel application) throws Exception {
        BankCluster cluster = new BankCluster(BankNode.migrated(), nodes, overrides, application);
        boolean started = false;
        try (ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<BankNode>> all = cluster.management.stream()
                    .map(port -> CompletableFuture.supplyAsync(() -> cluster.start(port, cluster.url), starting))
                    .toList();
            for (CompletableFuture<BankNode> node : all) {
                cluster.nodes.add(node.get(60, TimeUnit.SECONDS));
            }
            started = true;
            return cluster;
        } finally {
            if (!started) {
                cluster.close();
            }
        }
    }

    private BankNode start(int port, String database) {
        Map<String, Object> own = new HashMap<>(overrides);
        own.put(NodeSettings.MANAGEMENT_PORT, port);
        return BankNode.on(database, own, application);
    }

    /** Starts one more node; it joins the others. */
    BankNode join() {
        return join(url);
    }

    /** The same with another database. */
    BankNode join(String database) {
        BankNode node = start(freePort(), database);
        nodes.add(node);
        return node;
    }

    BankNode node(int number) {
        return nodes.get(number);
    }

    List<BankNode> nodes() {
        return List.copyOf(nodes);
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (IOException none) {
            throw new AssertionError(none);
        }
    }

    @Override public void close() {
        nodes.reversed().forEach(BankNode::close);
    }
}

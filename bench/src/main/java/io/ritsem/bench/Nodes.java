package io.ritsem.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;
import io.ritsem.harness.Launch;
import io.ritsem.harness.NodeProcess;
import io.ritsem.harness.Options;
import io.ritsem.postgres.EmbeddedDatabase;

import static io.ritsem.bench.DepositLoad.ACCOUNTS;
import static io.ritsem.bench.Report.say;
import static java.util.stream.Collectors.joining;

/**
 * Deposits by 64 callers to a node that is alone, and to the three of a cluster, each caller to one of them: two of three
 * commands go on to another node. All share this machine, so what is seen is the price of that, not what three machines give.
 */
public final class Nodes {

    private static final int CALLERS = 64;
    private static final List<String> JVM = List.of("-Xms256m", "-Xmx512m");

    private final Options options;
    private final Report report = new Report("nodes");
    private final AtomicInteger keys = new AtomicInteger();

    private Nodes(Options options) {
        this.options = options;
    }

    /** Options: {@code --rounds 3 --seconds 15 --warm-up 60}. */
    public static void main(String[] args) throws Exception {
        new Nodes(Options.parse(args, Map.of("rounds", 3, "seconds", 15, "warm-up", 60))).run();
    }

    private void run() throws Exception {
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary()) {
            String database = server.createDatabase();
            report.on(server);
            NodeProcess.migrate(database);
            String another = server.createDatabase();
            NodeProcess.migrate(another);
            List<NodeProcess> cluster = begin(database);
            try (NodeProcess alone = NodeProcess.start(another, Map.of(), Redirect.DISCARD)) {
                cluster.forEach(NodeProcess::awaitReady);
                new DepositLoad(alone.port(), CALLERS).open();
                new DepositLoad(cluster.getFirst().port(), CALLERS).open();
                Rounds rounds = new Rounds()
                        .side("one node", seconds -> deposits(List.of(alone), seconds))
                        .side("three nodes", seconds -> deposits(cluster, seconds));
                rounds.warmUp(options.of("warm-up"));
                var _ = rounds.run(options.of("rounds"), options.of("seconds"), report);
            } finally {
                cluster.forEach(NodeProcess::terminate);
                cluster.forEach(NodeProcess::close);
            }
        }
        report.write();
    }

    private static List<NodeProcess> begin(String database) throws IOException {
        List<Address> management = free(3);
        List<Address> remoting = free(3);
        List<NodeProcess> nodes = new ArrayList<>();
        for (Address http : free(3)) {
            int number = nodes.size();
            nodes.add(NodeProcess.begin(new Launch(List.of(), http, JVM,
                    environment(database, management, number, remoting.get(number)), Map.of(), Redirect.DISCARD)));
        }
        say("Three nodes at %s", nodes.stream().map(node -> node.address().toString()).collect(joining(", ")));
        return nodes;
    }

    private static Map<String, String> environment(String database, List<Address> management, int number,
            Address remoting) {
        Map<String, String> environment = new HashMap<>();
        environment.put("RITSEM_DATABASE_URL", database);
        environment.put("RITSEM_MANAGEMENT_PORT", Integer.toString(management.get(number).port()));
        environment.put("RITSEM_REMOTING_PORT", Integer.toString(remoting.port()));
        environment.put("RITSEM_CLUSTER", "contact-points");
        environment.put("RITSEM_CLUSTER_CONTACT_POINTS",
                management.stream().map(Address::toString).collect(joining(",")));
        return environment;
    }

    private static List<Address> free(int count) throws IOException {
        List<ServerSocket> probes = new ArrayList<>();
        try {
            for (int probe = 0; probe < count; probe++) {
                probes.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return probes.stream().map(probe -> Address.loopback(probe.getLocalPort())).toList();
        } finally {
            for (ServerSocket probe : probes) {
                probe.close();
            }
        }
    }

    private Round deposits(List<NodeProcess> nodes, int seconds) {
        List<Address> addresses = nodes.stream().map(node -> Address.loopback(node.port())).toList();
        return HttpLoad.run(caller -> addresses.get(caller % addresses.size()), CALLERS, seconds,
                (node, random) -> HttpCaller.postTo(node,
                        "/api/entities/account/" + random.nextInt(ACCOUNTS) + "/deposit",
                        "Idempotency-Key: nodes-" + keys.incrementAndGet() + "\r\n", DepositLoad.body(random)));
    }
}

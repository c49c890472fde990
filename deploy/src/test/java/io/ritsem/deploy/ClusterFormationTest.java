package io.ritsem.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.rbac.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * What the production overlay sets, on this machine: a pod is a process with an address of its own, and the Kubernetes API is
 * a double. Only addresses, the database's place and the paths of mounted files are others than in a cluster.
 */
class ClusterFormationTest {

    /** Not those of a development cluster, which may run beside. */
    private static final List<String> ADDRESSES = List.of("127.85.0.1", "127.85.0.2", "127.85.0.3");

    private static final Duration TO_FORM = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    private final Manifests production = Manifests.rendered("prod");
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    @BeforeEach void needs_addresses() {
        try (ServerSocket _ = new ServerSocket(0, 1, InetAddress.ofLiteral(ADDRESSES.getLast()))) {
            return;
        } catch (IOException unknown) {
            String message = "This machine does not have the loopback address " + ADDRESSES.getLast()
                    + ", as Linux does: on macOS, 'ifconfig lo0 alias' adds each of " + ADDRESSES;
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
    }

    @Test void three_pods_of_the_production_overlay_become_one_cluster_with_no_more_rights_than_they_need()
            throws Exception {
        Path account = Files.createDirectory(folder.resolve("account"));
        Path tls = Files.createDirectory(folder.resolve("tls"));
        Keys keys = new Keys(folder, "ritsem", "dns:ritsem");
        writeKeys(tls, keys);
        List<PodProcess> nodes = new ArrayList<>();
        try (EmbeddedDatabase server = EmbeddedDatabase.temporary();
                KubernetesApiDouble api = KubernetesApiDouble.start(production.only(Role.class), account)) {
            Pods pods = new Pods(api, server.createDatabase(), account, tls);
            api.run(production.migrationPod(), "ritsem-migrate-x", "127.85.0.9");

            assertThat(pods.ended(production.node(), ADDRESSES.getFirst())).as("before the migration")
                    .startsWith("1 ")
                    .contains("has no Ritsem schema yet");
            assertThat(pods.ended(production.migrationPod().getSpec().getContainers().getFirst(), "127.85.0.9"))
                    .startsWith("0 ")
                    .contains("migrated from version 0");

            for (String address : ADDRESSES) {
                nodes.add(pods.start(production.node(), address));
                api.run(production.pod(), "ritsem-" + address, address);
            }
            awaitOneCluster(nodes);
            assertThat(api.asked()).as("what was asked of Kubernetes, and what the Role allows")
                    .isEqualTo(api.allowed());
            assertThat(api.refused()).isEmpty();
            anyNodeTakesAnyRequest();
            onlyWhoShowsACertificateSpeaksWithANode(keys);

            nodes.forEach(PodProcess::terminate);
            for (PodProcess node : nodes) {
                assertThat(node.ended()).as(node.said()).isZero();
            }
        } finally {
            nodes.forEach(PodProcess::close);
        }
    }

    private static void writeKeys(Path tls, Keys keys) throws Exception {
        Files.writeString(tls.resolve("tls.crt"), keys.certificate());
        Files.writeString(tls.resolve("tls.key"), keys.key());
        Files.writeString(tls.resolve("ca.crt"), keys.authority());
    }

    /** Starts containers with the variables that the manifests give them. */
    private final class Pods {

        private final KubernetesApiDouble api;
        private final String database;
        private final Path account;
        private final Path tls;
        private int started;

        Pods(KubernetesApiDouble api, String database, Path account, Path tls) {
            this.api = api;
            this.database = database;
            this.account = account;
            this.tls = tls;
        }

        PodProcess start(Container container, String address) throws IOException {
            Map<String, String> variables = new HashMap<>(
                    production.environment(container, source -> told(source, address)));
            variables.put("RITSEM_DATABASE_URL", database.replaceFirst("\\?.*", ""));
            variables.put("RITSEM_REMOTING_TLS_FOLDER", tls.toString());
            // all pods have the one address of this machine, so none can take 0.0.0.0
            variables.put("RITSEM_HTTP_HOST", address);
            variables.put("HOSTNAME", "ritsem-" + address);
            variables.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
            variables.put("KUBERNETES_SERVICE_PORT", Integer.toString(api.port()));
            started++;
            return new PodProcess(folder.resolve(started + ".log"), container.getArgs(), variables, Map.of(
                    "akka.discovery.kubernetes-api.api-ca-path", account.resolve("ca.crt").toString(),
                    "akka.discovery.kubernetes-api.api-token-path", account.resolve("token").toString(),
                    "akka.discovery.kubernetes-api.pod-namespace-path", account.resolve("namespace").toString(),
                    // who stops with all others waits for them in vain; here not as long
                    "akka.coordinated-shutdown.phases.cluster-exiting.timeout", "2s",
                    "akka.coordinated-shutdown.phases.actor-system-terminate.timeout", "1s"));
        }

        /** Runs one to its end; returns its exit code and what it said. */
        String ended(Container container, String address) throws IOException, InterruptedException {
            try (PodProcess process = start(container, address)) {
                return process.ended() + " " + process.said();
            }
        }

        private String told(EnvVarSource source, String address) {
            return source.getFieldRef() != null ? address : "postgres";
        }
    }

    /** As each node sees it, and by what the platform asks. */
    private void awaitOneCluster(List<PodProcess> nodes) {
        Set<String> all = new TreeSet<>();
        ADDRESSES.forEach(address -> all.add("akka://ritsem@" + address + ":25520 Up"));
        await().atMost(TO_FORM)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    for (PodProcess node : nodes) {
                        if (!node.isAlive()) {
                            throw new IllegalStateException("A node has ended: " + node.said());
                        }
                    }
                    for (String address : ADDRESSES) {
                        assertThat(members(address)).as(said(nodes)).isEqualTo(all);
                        assertThat(get("http://" + address + ":8558/ready").statusCode()).isEqualTo(200);
                        assertThat(get("http://" + address + ":8558/alive").statusCode()).isEqualTo(200);
                    }
                });
    }

    private static String said(List<PodProcess> nodes) throws IOException {
        StringBuilder said = new StringBuilder();
        for (PodProcess node : nodes) {
            said.append("---- a node said:\n").append(node.said());
        }
        return said.toString();
    }

    private Set<String> members(String address) throws Exception {
        JsonNode answer = JSON.readTree(get("http://" + address + ":8558/bootstrap/seed-nodes").body());
        Set<String> members = new TreeSet<>();
        answer.path("seedNodes")
                .forEach(member -> members.add(member.path("node").asText() + ' ' + member.path("status").asText()));
        return members;
    }

    private void anyNodeTakesAnyRequest() throws Exception {
        for (int account = 0; account < 6; account++) {
            String path = ":8080/api/entities/account/account-" + account;
            HttpResponse<String> opened = http.send(HttpRequest.newBuilder(URI.create(
                    "http://" + ADDRESSES.get(account % 3) + path + "/open"))
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"owner\":\"Ada\",\"overdraft\":\"0\"}"))
                    .build(), HttpResponse.BodyHandlers.ofString());
            assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
            assertThat(get("http://" + ADDRESSES.get((account + 1) % 3) + path).body()).contains("\"Ada\"");
        }
    }

    private static void onlyWhoShowsACertificateSpeaksWithANode(Keys keys) throws Exception {
        try (SSLSocket shown = remoting(keys.tls(true)); SSLSocket silent = remoting(keys.tls(false))) {
            shown.startHandshake();
            assertThat(shown.getSession().getPeerPrincipal().getName()).isEqualTo("CN=ritsem");
            assertThatThrownBy(silent::startHandshake).isInstanceOfAny(SSLException.class, SocketException.class);
        }
    }

    private static SSLSocket remoting(SSLContext tls) throws IOException {
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(ADDRESSES.getFirst(), 25_520);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}

package io.ritsem.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.rbac.Role;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Thread-safe. As much of a Kubernetes API server as a node asks for: it knows pods, wants a token, lets its bearer do what a
 * Role allows, and speaks TLS only.
 */
final class KubernetesApiDouble implements AutoCloseable {

    private static final String TOKEN = "token-of-the-service-account";
    private static final Pattern PODS = Pattern.compile("/api/v1/namespaces/([^/]+)/(pods)(/[^/]+)?");
    private static final Pattern LABEL = Pattern.compile("([a-z./-]+)=([a-z-]+)(?=[,&]|$)");

    /** What somebody asked for, in the words of a Role. */
    record Request(String verb, String group, String resource) {}

    private final HttpsServer server;
    private final String namespace;
    private final Role role;
    private final List<Pod> pods = new CopyOnWriteArrayList<>();
    private final Set<Request> asked = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private KubernetesApiDouble(HttpsServer server, Role role) {
        this.server = server;
        this.role = role;
        this.namespace = role.getMetadata().getNamespace();
    }

    /**
     * Starts it.
     *
     * @param account gets what is mounted into a pod: the token, the server's authority and the name of the namespace
     */
    static KubernetesApiDouble start(Role role, Path account)
            throws IOException, InterruptedException, GeneralSecurityException {
        Keys keys = new Keys(account, "kubernetes", "dns:kubernetes.default.svc,ip:127.0.0.1");
        Files.writeString(account.resolve("ca.crt"), keys.authority());
        Files.writeString(account.resolve("token"), TOKEN);
        Files.writeString(account.resolve("namespace"), role.getMetadata().getNamespace());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(keys.tls(true)));
        KubernetesApiDouble api = new KubernetesApiDouble(server, role);
        server.createContext("/", api::answer);
        server.start();
        return api;
    }

    /** Has a pod of this template, with this address. */
    void run(PodTemplateSpec template, String name, String address) {
        Pod pod = new Pod("v1", "Pod", new ObjectMetaBuilder(template.getMetadata())
                .withName(name)
                .withNamespace(namespace)
                .build(), template.getSpec(),
                new PodStatusBuilder().withPhase("Running")
                        .withPodIP(address)
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName(template.getSpec().getContainers().getFirst().getName())
                                .withNewState()
                                .withNewRunning()
                                .endRunning()
                                .endState()
                                .build())
                        .build());
        pods.add(pod);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Matcher path = PODS.matcher(exchange.getRequestURI().getPath());
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                refuse(exchange, 401);
            } else if (!path.matches() || !exchange.getRequestMethod().equals("GET")) {
                refuse(exchange, 404);
            } else {
                Request request = new Request(
                        path.group(3) != null ? "get" : query.contains("watch=") ? "watch" : "list",
                        "", path.group(2));
                asked.add(request);
                if (path.group(1).equals(namespace) && allowed().contains(request) && request.verb().equals("list")) {
                    send(exchange, 200, new ObjectMapper().writeValueAsBytes(list(query)));
                } else {
                    refuse(exchange, 403);
                }
            }
        }
    }

    private PodList list(String query) {
        Map<String, String> selector = new TreeMap<>();
        Matcher label = LABEL.matcher(URLDecoder.decode(query, UTF_8));
        while (label.find()) {
            selector.put(label.group(1), label.group(2));
        }
        return new PodListBuilder().withItems(pods.stream()
                .filter(pod -> pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .toList()).build();
    }

    private void refuse(HttpExchange exchange, int status) throws IOException {
        refused.add(status + " " + exchange.getRequestMethod() + ' ' + exchange.getRequestURI());
        send(exchange, status, "{\"kind\":\"Status\"}".getBytes(UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** All that the Role allows, one by one. */
    Set<Request> allowed() {
        return role.getRules()
                .stream()
                .flatMap(rule -> rule.getVerbs()
                        .stream()
                        .flatMap(verb -> rule.getApiGroups()
                                .stream()
                                .flatMap(group -> rule.getResources()
                                        .stream()
                                        .map(resource -> new Request(verb, group, resource)))))
                .collect(Collectors.toSet());
    }

    /** All that was asked for so far. */
    Set<Request> asked() {
        return Set.copyOf(asked);
    }

    /** What was not answered, with the status that it got. */
    Set<String> refused() {
        return Set.copyOf(refused);
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override public void close() {
        server.stop(0);
    }
}

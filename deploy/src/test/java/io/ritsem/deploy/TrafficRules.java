package io.ritsem.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRule;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;

/** Who reaches whom. */
final class TrafficRules {

    private static final Map<String, String> CLIENT = Map.of("ritsem-client", "true");
    private static final Set<String> ONE_NAMESPACE = Set.of("kubernetes.io/metadata.name");
    private static final String OF_A_DATABASE = "cnpg.io/cluster";
    private static final Set<String> BETWEEN_NODES = Set.of("remoting", "management");

    static final List<Rule> ALL = List.of(
            Rule.of("the Deployment, the Service and the disruption budget mean the nodes, and never the migration",
                    m -> m.deployment().getSpec().getSelector().getMatchLabels().equals(nodes(m))
                            && means(m.only(Service.class).getSpec().getSelector(), nodes(m))
                            && !means(m.only(Service.class).getSpec().getSelector(), migration(m))
                            && !means(m.deployment().getSpec().getSelector().getMatchLabels(), migration(m)),
                    m -> m.pod().getMetadata().setLabels(Map.of("app", "ritsem")),
                    m -> m.only(Service.class).getSpec().setSelector(Map.of()),
                    m -> m.only(Service.class).getSpec().setSelector(Map.of("app.kubernetes.io/name", "other")),
                    m -> m.migrationPod().getMetadata().setLabels(nodes(m))),
            Rule.of("the Service leads to the API and to nothing else",
                    m -> m.only(Service.class)
                            .getSpec()
                            .getPorts()
                            .stream()
                            .map(ServicePort::getTargetPort)
                            .toList()
                            .equals(List.of(new IntOrString("http")))
                            && m.only(Service.class).getSpec().getType() == null,
                    m -> m.only(Service.class)
                            .getSpec()
                            .getPorts()
                            .getFirst()
                            .setTargetPort(new IntOrString("management")),
                    m -> m.only(Service.class).getSpec().getPorts().add(new ServicePort()),
                    m -> m.only(Service.class).getSpec().setType("LoadBalancer")),
            Rule.of("only nodes reach the remoting and the management of nodes, and only clients and the gateway the API",
                    TrafficRules::isClosed,
                    m -> m.objects().removeIf(NetworkPolicy.class::isInstance),
                    m -> first(m).setFrom(List.of()),
                    m -> last(m).setFrom(List.of()),
                    m -> first(m).setPorts(List.of()),
                    m -> last(m).getPorts().getFirst().setPort(new IntOrString("management")),
                    m -> last(m).getPorts().add(new NetworkPolicyPort()),
                    m -> first(m).getFrom().getFirst().setPodSelector(new LabelSelector()),
                    m -> first(m).getFrom().getFirst().setNamespaceSelector(new LabelSelector()),
                    m -> last(m).getFrom().getFirst().setNamespaceSelector(new LabelSelector()),
                    m -> last(m).getFrom().getFirst().setIpBlock(new IPBlock()),
                    m -> policyOfNodes(m).getSpec().setPolicyTypes(List.of("Egress")),
                    m -> policyOfNodes(m).getSpec().getPodSelector().setMatchLabels(Map.of("app", "other"))),
            Rule.of("nodes reach each other, by both ports",
                    m -> policies(m, nodes(m)).stream()
                            .flatMap(policy -> policy.getSpec().getIngress().stream())
                            .filter(rule -> rule.getFrom().stream().anyMatch(peer -> isNode(peer, m)))
                            .flatMap(rule -> rule.getPorts().stream())
                            .map(port -> port.getPort().getStrVal())
                            .toList()
                            .containsAll(BETWEEN_NODES),
                    m -> first(m).getPorts().removeFirst(),
                    m -> first(m).getPorts().removeLast()),
            Rule.of("nobody reaches a migration",
                    m -> policies(m, migration(m)).stream()
                            .anyMatch(policy -> policy.getSpec()
                                    .getPolicyTypes()
                                    .contains("Ingress") && policy.getSpec().getIngress().isEmpty()),
                    m -> policies(m, migration(m)).getFirst()
                            .getSpec()
                            .setIngress(List.of(new NetworkPolicyIngressRule()))),
            Rule.of("nodes take requests from whoever reaches them only where a policy says who does",
                    m -> "true".equals(m.configuration().get("RITSEM_HTTP_ALLOW_UNAUTHENTICATED"))
                            && isClosed(m),
                    m -> m.objects().removeIf(NetworkPolicy.class::isInstance),
                    m -> m.configuration().remove("RITSEM_HTTP_ALLOW_UNAUTHENTICATED")),
            Rule.of("the database hears Ritsem, itself and its operator",
                    TrafficRules::isDatabaseClosed,
                    m -> m.objects().removeIf(NetworkPolicy.class::isInstance),
                    m -> database(m).getIngress().add(new NetworkPolicyIngressRule()),
                    m -> database(m).getIngress().getFirst().getFrom().getFirst().setPodSelector(new LabelSelector()),
                    m -> database(m).getIngress().getFirst().getFrom().removeLast(),
                    m -> database(m).getIngress().getLast().getFrom().getLast().setPodSelector(null)),
            Rule.of("what holds for the database holds for one beside it, too, which is to take its place",
                    m -> policies(m, Map.of(OF_A_DATABASE, "other")).equals(policies(m, ofDatabase(m)))
                            && database(m).getIngress()
                                    .stream()
                                    .allMatch(rule -> rule.getFrom()
                                            .stream()
                                            .anyMatch(peer -> peer.getNamespaceSelector() == null
                                                    && selects(peer.getPodSelector(), Map.of(OF_A_DATABASE, "other")))),
                    m -> database(m).setPodSelector(new LabelSelector(List.of(), ofDatabase(m))),
                    m -> database(m).getIngress()
                            .getFirst()
                            .getFrom()
                            .getFirst()
                            .setPodSelector(new LabelSelector(List.of(), ofDatabase(m))),
                    m -> database(m).getIngress().getLast().getFrom().removeFirst()),
            Rule.of("the way in from outside leads to commands, views and their description, never to what operates nodes",
                    m -> paths(m).stream()
                            .noneMatch(path -> "/api/admin".startsWith(path) || path.startsWith("/api/admin"))
                            && paths(m).containsAll(Set.of("/api/entities", "/api/commands", "/api/views")),
                    m -> route(m).getMatches().getFirst().getPath().setValue("/api"),
                    m -> route(m).getMatches().getFirst().getPath().setValue("/"),
                    m -> route(m).getMatches().getFirst().getPath().setValue("/api/admin/audit"))
                    .where(m -> m.has(HTTPRoute.class)),
            Rule.of("the way in from outside cuts no live reader off",
                    m -> route(m).getTimeouts().getRequest().equals("0s")
                            && route(m).getTimeouts().getBackendRequest().equals("0s"),
                    m -> route(m).setTimeouts(null),
                    m -> route(m).getTimeouts().setRequest("30s")).where(m -> m.has(HTTPRoute.class)),
            Rule.of("the way in from outside ends at the Service's port",
                    m -> m.only(HTTPRoute.class)
                            .getSpec()
                            .getRules()
                            .stream()
                            .flatMap(rule -> rule.getBackendRefs().stream())
                            .allMatch(end -> end.getName().equals(m.only(Service.class).getMetadata().getName())
                                    && end.getPort()
                                            .equals(m.only(Service.class)
                                                    .getSpec()
                                                    .getPorts()
                                                    .getFirst()
                                                    .getPort())),
                    m -> route(m).getBackendRefs().getFirst().setPort(8558),
                    m -> route(m).getBackendRefs().getFirst().setName("other")).where(m -> m.has(HTTPRoute.class)),
            Rule.of("all that has a namespace is in the one that is there",
                    m -> namespaces(m).equals(Set.of(m.only(Namespace.class).getMetadata().getName())),
                    m -> m.deployment().getMetadata().setNamespace("default"),
                    m -> m.only(Service.class).getMetadata().setNamespace(null)));

    private TrafficRules() {}

    private static Map<String, String> nodes(Manifests manifests) {
        return manifests.pod().getMetadata().getLabels();
    }

    private static Map<String, String> migration(Manifests manifests) {
        return manifests.migrationPod().getMetadata().getLabels();
    }

    private static boolean means(Map<String, String> selector, Map<String, String> labels) {
        return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
    }

    private static List<NetworkPolicy> policies(Manifests manifests, Map<String, String> labels) {
        return manifests.all(NetworkPolicy.class)
                .stream()
                .filter(policy -> selects(policy.getSpec().getPodSelector(), labels))
                .toList();
    }

    private static boolean selects(LabelSelector selector, Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.getMatchLabels().entrySet())
                && selector.getMatchExpressions().stream().allMatch(label -> switch (label.getOperator()) {
                    case "Exists" -> labels.containsKey(label.getKey());
                    case "In" -> label.getValues().contains(labels.get(label.getKey()));
                    default -> throw new IllegalStateException(label.getOperator());
                });
    }

    private static NetworkPolicy policyOfNodes(Manifests manifests) {
        return manifests.all(NetworkPolicy.class)
                .stream()
                .filter(policy -> policy.getMetadata().getName().equals("ritsem"))
                .findFirst()
                .orElseThrow();
    }

    private static NetworkPolicyIngressRule first(Manifests manifests) {
        return policyOfNodes(manifests).getSpec().getIngress().getFirst();
    }

    private static NetworkPolicyIngressRule last(Manifests manifests) {
        return policyOfNodes(manifests).getSpec().getIngress().getLast();
    }

    private static boolean isClosed(Manifests manifests) {
        List<NetworkPolicy> policies = policies(manifests, nodes(manifests));
        return policies.stream().anyMatch(policy -> policy.getSpec().getPolicyTypes().contains("Ingress"))
                && policies.stream()
                        .flatMap(policy -> policy.getSpec().getIngress().stream())
                        .allMatch(rule -> isNarrow(rule, manifests));
    }

    /** An empty list of ports or peers would mean all there are. */
    private static boolean isNarrow(NetworkPolicyIngressRule rule, Manifests manifests) {
        return !rule.getPorts().isEmpty() && !rule.getFrom().isEmpty() && rule.getPorts().stream().allMatch(port -> {
            String name = port.getPort().getStrVal();
            return BETWEEN_NODES.contains(name)
                    ? rule.getFrom().stream().allMatch(peer -> isNode(peer, manifests))
                    : name.equals("http") && rule.getFrom().stream().allMatch(TrafficRules::isClient);
        });
    }

    private static boolean isNode(NetworkPolicyPeer peer, Manifests manifests) {
        return peer.getNamespaceSelector() == null && peer.getIpBlock() == null
                && peer.getPodSelector().getMatchLabels().equals(nodes(manifests));
    }

    private static boolean isClient(NetworkPolicyPeer peer) {
        boolean isHere = peer.getNamespaceSelector() == null && peer.getPodSelector().getMatchLabels().equals(CLIENT);
        boolean isGateway = peer.getNamespaceSelector() != null
                && peer.getNamespaceSelector().getMatchLabels().keySet().equals(ONE_NAMESPACE);
        return peer.getIpBlock() == null && (isHere || isGateway);
    }

    /** The labels of its pods, as far as they count. */
    private static Map<String, String> ofDatabase(Manifests manifests) {
        return Map.of(OF_A_DATABASE, manifests.only(CustomKind.Cluster.class).metadata().name());
    }

    private static NetworkPolicySpec database(Manifests manifests) {
        return policies(manifests, ofDatabase(manifests)).getFirst().getSpec();
    }

    private static boolean isDatabaseClosed(Manifests manifests) {
        var ritsem = Set.of(nodes(manifests).get("app.kubernetes.io/name"),
                migration(manifests).get("app.kubernetes.io/name"));
        List<NetworkPolicyPeer> peers = manifests.has(NetworkPolicy.class)
                ? database(manifests).getIngress().stream().flatMap(rule -> rule.getFrom().stream()).toList()
                : List.of();
        boolean hearsAll = peers.stream()
                .anyMatch(peer -> peer.getPodSelector() != null && peer.getPodSelector()
                        .getMatchExpressions()
                        .stream()
                        .anyMatch(label -> Set.copyOf(label.getValues()).equals(ritsem)));
        return hearsAll && database(manifests).getIngress()
                .stream()
                .noneMatch(rule -> rule.getFrom().isEmpty()
                        || rule.getPorts().isEmpty())
                && peers.stream()
                        .allMatch(peer -> peer.getPodSelector() != null && !(peer.getPodSelector()
                                .getMatchLabels()
                                .isEmpty() && peer.getPodSelector().getMatchExpressions().isEmpty()));
    }

    private static HTTPRouteRule route(Manifests manifests) {
        return manifests.only(HTTPRoute.class).getSpec().getRules().getFirst();
    }

    private static List<String> paths(Manifests manifests) {
        return manifests.only(HTTPRoute.class)
                .getSpec()
                .getRules()
                .stream()
                .flatMap(rule -> rule.getMatches().stream())
                .map(match -> match.getPath().getValue())
                .toList();
    }

    private static Set<String> namespaces(Manifests manifests) {
        List<String> namespaces = new ArrayList<>();
        for (Object object : manifests.objects()) {
            switch (object) {
                case Namespace _ -> {}
                case HasMetadata known -> namespaces.add(String.valueOf(known.getMetadata().getNamespace()));
                case CustomKind custom -> namespaces.add(custom.metadata().namespace());
                default -> throw new IllegalStateException(object.toString());
            }
        }
        return Set.copyOf(namespaces);
    }
}

package io.ritsem.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One rendering of the manifests, each object of its own type. The objects may be changed, which is how a rule is shown to be
 * able to fail.
 *
 * @param name the rendering's
 */
record Manifests(String name, List<Object> objects) {

    /** What is rendered: {@code deploy/render} says how. */
    static final List<String> RENDERED = List.of("dev", "prod", "my", "drill");

    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("v1 Namespace", Namespace.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("batch/v1 Job", Job.class),
            Map.entry("gateway.networking.k8s.io/v1 HTTPRoute", HTTPRoute.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
            Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class));

    /** The model keeps what it does not know in a map beside; here that is an error, as it is for the API server. */
    private static final ObjectMapper STRICT = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override public Boolean hasAnySetter(Annotated member) {
                    return false;
                }
            });

    /** Reads a rendering. */
    static Manifests rendered(String name) {
        try (InputStream text = Objects.requireNonNull(
                Manifests.class.getResourceAsStream("/rendered/" + name + ".yaml"), name)) {
            return new Manifests(name, parse(new String(text.readAllBytes(), UTF_8)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * Reads objects.
     *
     * @throws IOException if one is of a kind that is not known here, or has a field that its kind does not have
     */
    static List<Object> parse(String yaml) throws IOException {
        List<Object> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> documents = STRICT.readerFor(JsonNode.class).readValues(yaml)) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                String kind = document.path("apiVersion").asText() + ' ' + document.path("kind").asText();
                Class<?> type = KINDS.containsKey(kind) ? KINDS.get(kind) : CustomKind.ALL.get(kind);
                if (type == null) {
                    throw new IOException("nobody here knows the kind '" + kind + "'");
                }
                objects.add(STRICT.treeToValue(document, type));
            }
        }
        return objects;
    }

    <T> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T> T only(Class<T> type) {
        List<T> found = all(type);
        if (found.size() != 1) {
            throw new IllegalStateException("%d of %s in %s".formatted(found.size(), type.getSimpleName(), name));
        }
        return found.getFirst();
    }

    boolean has(Class<?> type) {
        return !all(type).isEmpty();
    }

    boolean isProduction() {
        return !name.equals("dev");
    }

    Deployment deployment() {
        return only(Deployment.class);
    }

    PodTemplateSpec pod() {
        return deployment().getSpec().getTemplate();
    }

    Container node() {
        return pod().getSpec().getContainers().getFirst();
    }

    PodTemplateSpec migrationPod() {
        return only(Job.class).getSpec().getTemplate();
    }

    /** The pods that there will be of ours. */
    List<PodTemplateSpec> pods() {
        return List.of(pod(), migrationPod());
    }

    Map<String, String> configuration() {
        return only(ConfigMap.class).getData();
    }

    /**
     * The variables that a container gets.
     *
     * @param told what stands for a field of the pod or a key of a Secret
     */
    Map<String, String> environment(Container container, Function<EnvVarSource, String> told) {
        Map<String, String> variables = new TreeMap<>();
        for (EnvFromSource source : container.getEnvFrom()) {
            variables.putAll(all(ConfigMap.class).stream()
                    .filter(map -> map.getMetadata().getName().equals(source.getConfigMapRef().getName()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("there is no ConfigMap for " + source))
                    .getData());
        }
        for (EnvVar variable : container.getEnv()) {
            variables.put(variable.getName(),
                    variable.getValueFrom() == null ? variable.getValue() : told.apply(variable.getValueFrom()));
        }
        return variables;
    }
}

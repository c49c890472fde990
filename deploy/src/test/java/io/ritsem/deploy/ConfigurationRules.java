package io.ritsem.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.ObjectFieldSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The manifests and the node's own configuration speak of the same things. */
final class ConfigurationRules {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\??(RITSEM_[A-Z_]+)");
    private static final Set<String> VARIABLES = variables();
    private static final String ADDRESS = "10.1.2.3";
    private static final String DISCOVERY = "akka.management.cluster.bootstrap.contact-point-discovery.";
    private static final String KEYS = "akka.remote.artery.ssl.rotating-keys-engine.";

    /** What a person makes, as docs/deploying.md says. */
    private static final Map<String, Set<String>> BY_HAND = Map.of("ritsem-backup",
            Set.of("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"));

    static final List<Rule> ALL = List.of(
            Rule.of("the container's ports are those that the node opens",
                    m -> ports(m).equals(Map.of("http", config(m).getInt("ritsem.http.port"),
                            "management", config(m).getInt("akka.management.http.port"),
                            "remoting", config(m).getInt("akka.remote.artery.canonical.port"))),
                    m -> m.configuration().put("RITSEM_HTTP_PORT", "80"),
                    m -> m.configuration().remove("RITSEM_REMOTING_PORT"),
                    m -> m.configuration().put("RITSEM_MANAGEMENT_PORT", "0"),
                    m -> m.node().getPorts().getFirst().setContainerPort(80),
                    m -> m.node().getPorts().getFirst().setName("web")),
            Rule.of("every variable that begins with RITSEM_ is read by some configuration",
                    m -> m.pods()
                            .stream()
                            .flatMap(pod -> pod.getSpec().getContainers().stream())
                            .allMatch(
                                    container -> VARIABLES.containsAll(ours(m, container))),
                    m -> m.configuration().put("RITSEM_HTTP_PROT", "8080"),
                    m -> m.node().getEnv().getFirst().setName("RITSEM_REMOTING_ADDRESS"),
                    m -> migration(m).getEnv()
                            .add(new EnvVar("RITSEM_MIGRATE", "true", null))),
            Rule.of("a setting that has no variable is given by its own name",
                    m -> settings(m).findAny().isPresent() && settings(m).allMatch(config(m)::hasPath)
                            && m.environment(migration(m), String::valueOf).containsKey("JAVA_TOOL_OPTIONS"),
                    m -> m.configuration().put("JAVA_TOOL_OPTIONS", "-Dritsem.http.bulk-windows=128"),
                    m -> m.configuration().put("JAVA_TOOL_OPTIONS", "-Xmx1g"),
                    m -> migration(m).setEnvFrom(List.of()))
                    .where(m -> m.configuration().containsKey("JAVA_TOOL_OPTIONS")),
            Rule.of("no variable is set twice",
                    m -> m.node().getEnv().stream().map(EnvVar::getName).distinct().count() == m.node().getEnv().size()
                            && m.node()
                                    .getEnv()
                                    .stream()
                                    .noneMatch(variable -> m.configuration().containsKey(variable.getName())),
                    m -> m.configuration().put("RITSEM_REMOTING_HOST", "127.0.0.1"),
                    m -> m.node().getEnv().add(m.node().getEnv().getFirst())),
            Rule.of("a node is known to the others by its pod's address, and listens for requests wherever they come from",
                    m -> config(m).getString("akka.remote.artery.canonical.hostname").equals(ADDRESS)
                            && config(m).getString("akka.management.http.hostname").equals(ADDRESS)
                            && config(m).getString("ritsem.http.host").equals("0.0.0.0"),
                    m -> m.node().getEnv().removeIf(variable -> variable.getName().equals("RITSEM_REMOTING_HOST")),
                    m -> m.node().getEnv().removeIf(variable -> variable.getName().equals("RITSEM_MANAGEMENT_HOST")),
                    m -> m.node()
                            .getEnv()
                            .getFirst()
                            .getValueFrom()
                            .setFieldRef(new ObjectFieldSelector(null, "status.hostIP")),
                    m -> m.configuration().remove("RITSEM_HTTP_HOST")),
            Rule.of("nodes look for the label that their pods have, and for the port by the name that it has",
                    m -> m.configuration().get("RITSEM_CLUSTER").equals("kubernetes")
                            && labels(m)
                                    .contains(config(m).getString("akka.discovery.kubernetes-api.pod-label-selector")
                                            .formatted(config(m).getString(DISCOVERY + "service-name")))
                            && ports(m).containsKey(config(m).getString(DISCOVERY + "port-name"))
                            && ports(m).get(config(m).getString(DISCOVERY + "port-name")) == 8558,
                    m -> m.configuration().remove("RITSEM_CLUSTER"),
                    m -> m.configuration().put("RITSEM_CLUSTER_SERVICE", "other"),
                    m -> m.pod().getMetadata().setLabels(Map.of("app", "ritsem")),
                    m -> m.node().getPorts().get(1).setName("admin")),
            Rule.of("probes ask for the paths at which the node answers",
                    m -> path(m.node().getReadinessProbe()).equals("/" + health(m, "readiness-path"))
                            && path(m.node().getLivenessProbe()).equals("/" + health(m, "liveness-path"))
                            && path(m.node().getStartupProbe()).equals("/" + health(m, "liveness-path")),
                    m -> m.node().getReadinessProbe().getHttpGet().setPath("/health"),
                    m -> m.node().getStartupProbe().getHttpGet().setPath("/started")),
            Rule.of("a node has stopped by itself before the platform ends it",
                    m -> Duration.ofSeconds(m.node().getLifecycle().getPreStop().getSleep().getSeconds())
                            .plus(config(m).getDuration("ritsem.node.stop-within"))
                            .compareTo(Duration.ofSeconds(
                                    m.pod().getSpec().getTerminationGracePeriodSeconds()))
                            < 0,
                    m -> m.node().getLifecycle().getPreStop().getSleep().setSeconds(20L),
                    m -> m.pod().getSpec().setTerminationGracePeriodSeconds(60L)),
            Rule.of("every key of a ConfigMap or Secret that is asked for is there, or will be by whom it is made",
                    m -> m.pods().stream().allMatch(pod -> hasAllKeys(m, pod)) && backupHasKeys(m),
                    m -> m.node().getEnvFrom().getFirst().getConfigMapRef().setName("ritsem"),
                    m -> secret(m, "RITSEM_DATABASE_USER").setKey("user"),
                    m -> secret(m, "RITSEM_DATABASE_USER").setName("other"),
                    m -> m.node()
                            .getEnv()
                            .add(new EnvVar("A", null,
                                    new EnvVarSource(new ConfigMapKeySelector("no-such-key",
                                            m.node()
                                                    .getEnvFrom()
                                                    .getFirst()
                                                    .getConfigMapRef()
                                                    .getName(),
                                            null), null, null, null, null)))),
            Rule.of("nodes and the migration use the database that is there, as its owner",
                    ConfigurationRules::usesTheDatabase,
                    m -> m.configuration().put("RITSEM_DATABASE_URL", "jdbc:postgresql://other:5432/ritsem"),
                    m -> m.configuration().put("RITSEM_DATABASE_URL", "jdbc:postgresql://ritsem-db-ro:5432/ritsem"),
                    m -> m.configuration().put("RITSEM_DATABASE_URL", "jdbc:postgresql://ritsem-db-rw:5432/app")),
            Rule.of("the database has connections for all nodes, one more during a release, and others",
                    m -> (mostNodes(m) + 1) * config(m).getInt("ritsem.runtime.database.pool-size") + 40
                            <= Integer.parseInt(m.only(CustomKind.Cluster.class)
                                    .spec()
                                    .postgresql()
                                    .parameters()
                                    .get("max_connections")),
                    m -> m.configuration().put("RITSEM_DATABASE_POOL_SIZE", "100")),
            Rule.of("keys are mounted where the node looks for them",
                    m -> m.node()
                            .getVolumeMounts()
                            .stream()
                            .map(VolumeMount::getMountPath)
                            .toList()
                            .contains(config(m).getString(KEYS + "secret-mount-point"))
                            && m.node().getVolumeMounts().stream().noneMatch(mount -> mount.getSubPath() != null)
                            && Stream.of("key-file", "cert-file", "ca-cert-file")
                                    .map(file -> URI.create(config(m).getString(KEYS + file)).getPath())
                                    .map(file -> file.substring(file.lastIndexOf('/') + 1))
                                    .allMatch(CustomKind.Certificate.KEYS::contains),
                    m -> m.configuration().put("RITSEM_REMOTING_TLS_FOLDER", "/etc/other"),
                    m -> m.node().getVolumeMounts().getLast().setMountPath("/etc/other"),
                    m -> m.node().getVolumeMounts().getLast().setSubPath("tls.key")).where(Manifests::isProduction));

    private ConfigurationRules() {}

    /** The node's configuration, as it is with a container's variables. */
    private static Config config(Manifests manifests) {
        Map<String, String> environment = manifests.environment(manifests.node(), source -> source.getFieldRef() != null
                && "status.podIP".equals(source.getFieldRef().getFieldPath()) ? ADDRESS : "secret");
        return ConfigFactory.parseMap(environment)
                .withFallback(ConfigFactory.parseResources("application.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve(ConfigResolveOptions.noSystem());
    }

    private static Container migration(Manifests manifests) {
        return manifests.migrationPod().getSpec().getContainers().getFirst();
    }

    private static Map<String, Integer> ports(Manifests manifests) {
        return manifests.node()
                .getPorts()
                .stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }

    private static Set<String> labels(Manifests manifests) {
        return manifests.pod()
                .getMetadata()
                .getLabels()
                .entrySet()
                .stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.toSet());
    }

    private static String health(Manifests manifests, String key) {
        return config(manifests).getString("akka.management.health-checks." + key);
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private static Set<String> ours(Manifests manifests, Container container) {
        return manifests.environment(container, String::valueOf)
                .keySet()
                .stream()
                .filter(name -> name.startsWith("RITSEM_"))
                .collect(Collectors.toSet());
    }

    /** What the virtual machine is told beside the variables: names of settings. */
    private static Stream<String> settings(Manifests manifests) {
        return Stream.of(manifests.configuration().get("JAVA_TOOL_OPTIONS").split(" "))
                .filter(option -> option.startsWith("-D"))
                .map(option -> option.substring(2).replaceFirst("=.*", ""));
    }

    /** What the configuration files of all modules read, and of logging. */
    private static Set<String> variables() {
        Set<String> variables = new HashSet<>();
        ClassLoader modules = ConfigurationRules.class.getClassLoader();
        try {
            for (String file : List.of("reference.conf", "application.conf", "logback.xml")) {
                for (URL one : Collections.list(modules.getResources(file))) {
                    try (InputStream text = one.openStream()) {
                        Matcher read = VARIABLE.matcher(new String(text.readAllBytes(), UTF_8));
                        while (read.find()) {
                            variables.add(read.group(1));
                        }
                    }
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return variables;
    }

    private static SecretKeySelector secret(Manifests manifests, String variable) {
        return manifests.node()
                .getEnv()
                .stream()
                .filter(one -> one.getName().equals(variable))
                .findFirst()
                .orElseThrow()
                .getValueFrom()
                .getSecretKeyRef();
    }

    /** The Secrets that will be there, with their keys. */
    private static Map<String, Set<String>> secrets(Manifests manifests) {
        Map<String, Set<String>> secrets = new HashMap<>(BY_HAND);
        manifests.all(CustomKind.Certificate.class)
                .forEach(one -> secrets.put(one.spec().secretName(), CustomKind.Certificate.KEYS));
        manifests.all(CustomKind.Cluster.class).forEach(one -> secrets.put(one.secret(), CustomKind.Cluster.KEYS));
        return secrets;
    }

    private static boolean hasAllKeys(Manifests manifests, PodTemplateSpec pod) {
        Map<String, Set<String>> secrets = secrets(manifests);
        Container container = pod.getSpec().getContainers().getFirst();
        manifests.environment(container, String::valueOf); // throws if there is no such ConfigMap
        return container.getEnv()
                .stream()
                .map(EnvVar::getValueFrom)
                .filter(source -> source != null)
                .allMatch(source -> hasKey(manifests, source.getConfigMapKeyRef())
                        && (source.getSecretKeyRef() == null || secrets
                                .getOrDefault(source.getSecretKeyRef().getName(), Set.of())
                                .contains(source.getSecretKeyRef().getKey())))
                && pod.getSpec()
                        .getVolumes()
                        .stream()
                        .allMatch(volume -> volume.getSecret() == null
                                || secrets.containsKey(volume.getSecret().getSecretName()));
    }

    private static boolean hasKey(Manifests manifests, @Nullable ConfigMapKeySelector asked) {
        return asked == null || manifests.configuration().containsKey(asked.getKey());
    }

    private static boolean backupHasKeys(Manifests manifests) {
        return manifests.all(CustomKind.ObjectStore.class)
                .stream()
                .map(store -> store.spec().configuration().s3Credentials())
                .flatMap(keys -> Stream.of(keys.accessKeyId(), keys.secretAccessKey()))
                .allMatch(key -> BY_HAND.getOrDefault(key.name(), Set.of()).contains(key.key()));
    }

    private static boolean usesTheDatabase(Manifests manifests) {
        CustomKind.Cluster cluster = manifests.only(CustomKind.Cluster.class);
        URI url = URI.create(manifests.configuration().get("RITSEM_DATABASE_URL").substring("jdbc:".length()));
        return url.getHost().equals(cluster.service())
                && url.getPath().equals("/" + cluster.database())
                && secret(manifests, "RITSEM_DATABASE_USER").getName().equals(cluster.secret());
    }

    private static int mostNodes(Manifests manifests) {
        return manifests.has(HorizontalPodAutoscaler.class)
                ? manifests.only(HorizontalPodAutoscaler.class).getSpec().getMaxReplicas()
                : manifests.deployment().getSpec().getReplicas();
    }
}

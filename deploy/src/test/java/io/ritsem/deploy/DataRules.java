package io.ritsem.deploy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import org.jspecify.annotations.Nullable;

import io.ritsem.deploy.CustomKind.Certificate;
import io.ritsem.deploy.CustomKind.Certificate.CertificateSpec;
import io.ritsem.deploy.CustomKind.Cluster;
import io.ritsem.deploy.CustomKind.Cluster.ClusterSpec;
import io.ritsem.deploy.CustomKind.Issuer;
import io.ritsem.deploy.CustomKind.ObjectStore;
import io.ritsem.deploy.CustomKind.ScheduledBackup;

/** What keeps data, and what keeps it secret. */
final class DataRules {

    private static final int READABLE_BY_THE_GROUP = 0440;
    /** The operator reads the major version off the tag, which therefore stands before a digest, too. */
    private static final String IMAGE = "[^:@]+:\\d+\\.\\d+-[^:@]+(@sha256:[0-9a-f]{64})?";
    private static final Map<String, String> OF_DATABASE = Map.of("app.kubernetes.io/component", "database");
    private static final ObjectMapper JSON = new ObjectMapper();

    static final List<Rule> ALL = List.of(
            Rule.of("a commit is acknowledged when a standby on another machine has it, too, and survives a fail-over",
                    m -> isSynchronous(m.only(Cluster.class).spec()),
                    m -> change(m, "postgresql/synchronous", null),
                    m -> change(m, "postgresql/synchronous/number", 0),
                    m -> change(m, "postgresql/synchronous/number", 3),
                    m -> change(m, "postgresql/synchronous/dataDurability", "preferred"),
                    m -> change(m, "postgresql/synchronous/failoverQuorum", false),
                    m -> change(m, "instances", 2),
                    m -> change(m, "affinity/podAntiAffinityType", "preferred"))
                    .where(Manifests::isProduction),
            Rule.of("the WAL is archived and a base backup is made each night, into the store that is there",
                    DataRules::isBackedUp,
                    m -> m.objects().removeIf(ObjectStore.class::isInstance),
                    m -> m.objects().removeIf(ScheduledBackup.class::isInstance),
                    m -> change(m, "plugins", List.of()),
                    m -> change(m, "plugins", List.of(new Cluster.Plugin("barman-cloud.cloudnative-pg.io", false,
                            Map.of("barmanObjectName", "ritsem-backup")))))
                    .where(Manifests::isProduction),
            Rule.of("a database that is restored begins from a backup in the store that is there, and adds none to it under that name",
                    DataRules::isRestored,
                    m -> change(m, "externalClusters", List.of()),
                    m -> change(m, "bootstrap/recovery/source", "other"),
                    m -> change(m, "bootstrap/initdb", new Cluster.InitDb("ritsem", "ritsem")),
                    m -> before(m).put("serverName", m.only(Cluster.class).metadata().name()),
                    m -> before(m).remove("serverName"),
                    m -> before(m).put("barmanObjectName", "other"),
                    m -> m.only(Cluster.class).spec().plugins().getFirst().parameters().put("serverName", "ritsem-db"))
                    .where(m -> m.only(Cluster.class).spec().bootstrap().recovery() != null),
            Rule.of("what is the database's, and nothing else, can be applied alone, before nodes are there",
                    m -> ofDatabase(m).equals(Set.of("Cluster " + m.only(Cluster.class).metadata().name(),
                            "NetworkPolicy ritsem-db", "ObjectStore ritsem-backup", "ScheduledBackup ritsem-nightly")),
                    m -> m.only(Cluster.class).metadata().labels().clear(),
                    m -> m.deployment().getMetadata().getLabels().putAll(OF_DATABASE),
                    m -> m.only(Job.class).getMetadata().getLabels().putAll(OF_DATABASE))
                    .where(Manifests::isProduction),
            Rule.of("PostgreSQL is of the version that is named, so that what was backed up is restored by the same",
                    m -> m.only(Cluster.class).spec().imageName().matches(IMAGE),
                    m -> change(m, "imageName", null),
                    m -> change(m, "imageName", "ghcr.io/cloudnative-pg/postgresql"),
                    m -> change(m, "imageName", "ghcr.io/cloudnative-pg/postgresql:latest"),
                    m -> change(m, "imageName", "ghcr.io/cloudnative-pg/postgresql:18"),
                    m -> change(m, "imageName", "ghcr.io/cloudnative-pg/postgresql@sha256:" + "0".repeat(64))),
            Rule.of("nodes speak with nodes by TLS, with a certificate that serves both ends, from an authority that is there",
                    DataRules::isEncrypted,
                    m -> m.configuration().put("RITSEM_REMOTING_TRANSPORT", "tcp"),
                    m -> m.configuration().remove("RITSEM_REMOTING_TRANSPORT"),
                    m -> m.objects().removeIf(object -> object instanceof Issuer issuer && issuer.spec().ca() != null),
                    m -> m.objects().removeIf(object -> object instanceof Certificate of && of.spec().isCA()),
                    m -> certify(m, spec -> new CertificateSpec(false, spec.commonName(), spec.dnsNames(),
                            spec.secretName(), spec.duration(), spec.renewBefore(), spec.privateKey(),
                            Set.of("server auth"), spec.issuerRef())),
                    m -> certify(m, spec -> new CertificateSpec(false, spec.commonName(), spec.dnsNames(),
                            spec.secretName(), spec.duration(), spec.renewBefore(),
                            new Certificate.PrivateKey("ECDSA", "PKCS8", 256, "Always"), spec.usages(),
                            spec.issuerRef())),
                    m -> m.pod().getSpec().getVolumes().removeLast()).where(Manifests::isProduction),
            Rule.of("only the node's user and group read its key",
                    m -> keys(m).getDefaultMode() == READABLE_BY_THE_GROUP && m.pod()
                            .getSpec()
                            .getSecurityContext()
                            .getFsGroup()
                            .equals(m.pod().getSpec().getSecurityContext().getRunAsGroup()),
                    m -> keys(m).setDefaultMode(0444),
                    m -> keys(m).setDefaultMode(null),
                    m -> m.pod().getSpec().getSecurityContext().setFsGroup(null)).where(Manifests::isProduction));

    private DataRules() {}

    /** Changes a field of the one cluster's specification, as a file would have it; a record has no setters. */
    private static void change(Manifests manifests, String field, @Nullable Object value) {
        manifests.objects().replaceAll(object -> {
            if (!(object instanceof Cluster cluster)) {
                return object;
            }
            ObjectNode changed = JSON.valueToTree(cluster);
            List<String> path = List.of(field.split("/"));
            ObjectNode parent = changed.withObject("/spec");
            for (String step : path.subList(0, path.size() - 1)) {
                parent = parent.withObject("/" + step);
            }
            parent.set(path.getLast(), JSON.valueToTree(value));
            return JSON.convertValue(changed, Cluster.class);
        });
    }

    private static void certify(Manifests manifests, UnaryOperator<CertificateSpec> change) {
        manifests.objects()
                .replaceAll(object -> object instanceof Certificate one && !one.spec().isCA()
                        ? new Certificate(one.apiVersion(), one.kind(), one.metadata(), change.apply(one.spec()))
                        : object);
    }

    private static boolean isSynchronous(ClusterSpec cluster) {
        Cluster.Synchronous synchronous = cluster.postgresql().synchronous();
        return cluster.instances() >= 3 && synchronous.method().equals("any") && synchronous.number() >= 1
                && synchronous.number() < cluster.instances() - 1 && synchronous.dataDurability().equals("required")
                && synchronous.failoverQuorum()
                && cluster.affinity().enablePodAntiAffinity()
                && cluster.affinity().podAntiAffinityType().equals("required");
    }

    private static boolean isBackedUp(Manifests manifests) {
        Cluster cluster = manifests.only(Cluster.class);
        ScheduledBackup.ScheduledBackupSpec nightly = manifests.only(ScheduledBackup.class).spec();
        return cluster.spec()
                .plugins()
                .stream()
                .anyMatch(plugin -> plugin.isWALArchiver()
                        && plugin.name().equals(nightly.pluginConfiguration().name())
                        && manifests.only(ObjectStore.class)
                                .metadata()
                                .name()
                                .equals(plugin.parameters().get("barmanObjectName")))
                && nightly.cluster().name().equals(cluster.metadata().name()) && nightly.method().equals("plugin")
                && nightly.schedule().split(" ").length == 6;
    }

    /** Without a name of its own in the store, a database has that of the Cluster there. */
    private static boolean isRestored(Manifests manifests) {
        Cluster cluster = manifests.only(Cluster.class);
        return cluster.spec().bootstrap().initdb() == null
                && before(manifests).get("barmanObjectName").equals(manifests.only(ObjectStore.class).metadata().name())
                && !before(manifests).get("serverName").equals(cluster.metadata().name())
                && cluster.spec().plugins().stream().noneMatch(one -> one.parameters().containsKey("serverName"));
    }

    /** Where the backup is from which the database begins. */
    private static Map<String, String> before(Manifests manifests) {
        ClusterSpec cluster = manifests.only(Cluster.class).spec();
        return cluster.externalClusters()
                .stream()
                .filter(one -> one.name().equals(cluster.bootstrap().recovery().source()))
                .findFirst()
                .orElseThrow(IllegalStateException::new)
                .plugin()
                .parameters();
    }

    private static Set<String> ofDatabase(Manifests manifests) {
        return Stream.concat(
                manifests.all(HasMetadata.class)
                        .stream()
                        .filter(one -> has(one.getMetadata().getLabels()))
                        .map(one -> one.getKind() + ' ' + one.getMetadata().getName()),
                manifests.all(CustomKind.class)
                        .stream()
                        .filter(one -> has(one.metadata().labels()))
                        .map(one -> one.getClass().getSimpleName() + ' ' + one.metadata().name()))
                .collect(Collectors.toSet());
    }

    private static boolean has(@Nullable Map<String, String> labels) {
        return labels != null && labels.entrySet().containsAll(OF_DATABASE.entrySet());
    }

    private static SecretVolumeSource keys(Manifests manifests) {
        return manifests.pod()
                .getSpec()
                .getVolumes()
                .stream()
                .map(Volume::getSecret)
                .filter(secret -> secret != null)
                .findFirst()
                .orElseThrow(IllegalStateException::new);
    }

    /** From the mounted Secret to the authority's own certificate, which it signs itself. */
    private static boolean isEncrypted(Manifests manifests) {
        CertificateSpec shown = certificate(manifests, keys(manifests).getSecretName());
        String signedBy = issuer(manifests, shown).spec().ca().secretName();
        CertificateSpec authority = certificate(manifests, signedBy);
        return "tls-tcp".equals(manifests.configuration().get("RITSEM_REMOTING_TRANSPORT"))
                && shown.usages().containsAll(Set.of("server auth", "client auth"))
                && shown.privateKey().algorithm().equals("RSA") && authority.isCA()
                && issuer(manifests, authority).spec().selfSigned() != null;
    }

    private static CertificateSpec certificate(Manifests manifests, String secret) {
        return manifests.all(Certificate.class)
                .stream()
                .map(Certificate::spec)
                .filter(spec -> spec.secretName().equals(secret))
                .findFirst()
                .orElseThrow(IllegalStateException::new);
    }

    private static Issuer issuer(Manifests manifests, CertificateSpec certificate) {
        return manifests.all(Issuer.class)
                .stream()
                .filter(issuer -> issuer.metadata().name().equals(certificate.issuerRef().name()))
                .findFirst()
                .orElseThrow(IllegalStateException::new);
    }
}

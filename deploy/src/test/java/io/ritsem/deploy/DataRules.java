package io.ritsem.deploy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;

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

    static final List<Rule> ALL = List.of(
            Rule.of("a commit is acknowledged when a standby on another machine has it, too, and survives a fail-over",
                    m -> isSynchronous(m.only(Cluster.class).spec()),
                    m -> change(m, of -> of.synchronous(null)),
                    m -> change(m, of -> of.synchronous(new Cluster.Synchronous("any", 0, "required", true))),
                    m -> change(m, of -> of.synchronous(new Cluster.Synchronous("any", 1, "preferred", true))),
                    m -> change(m, of -> of.synchronous(new Cluster.Synchronous("any", 3, "required", true))),
                    m -> change(m, of -> of.synchronous(new Cluster.Synchronous("any", 1, "required", false))),
                    m -> change(m, of -> of.instances(2)),
                    m -> change(m,
                            of -> of.affinity(new Cluster.Affinity(true, "preferred", "kubernetes.io/hostname"))))
                    .where(Manifests::isProduction),
            Rule.of("the WAL is archived and a base backup is made each night, into the store that is there",
                    DataRules::isBackedUp,
                    m -> m.objects().removeIf(ObjectStore.class::isInstance),
                    m -> m.objects().removeIf(ScheduledBackup.class::isInstance),
                    m -> change(m, of -> of.plugins(List.of())),
                    m -> change(m, of -> of.plugins(List.of(new Cluster.Plugin("barman-cloud.cloudnative-pg.io", false,
                            Map.of("barmanObjectName", "ritsem-backup"))))))
                    .where(Manifests::isProduction),
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

    /** A changed copy of the one cluster's specification; a record has no setters. */
    private record Change(ClusterSpec of) {

        Change synchronous(Cluster.Synchronous with) {
            return postgresql(new Cluster.Postgresql(with, of.postgresql().parameters()));
        }

        private Change postgresql(Cluster.Postgresql with) {
            return new Change(new ClusterSpec(of.instances(), of.bootstrap(), with, of.primaryUpdateMethod(),
                    of.storage(), of.walStorage(), of.resources(), of.affinity(), of.plugins()));
        }

        Change instances(int number) {
            return new Change(new ClusterSpec(number, of.bootstrap(), of.postgresql(), of.primaryUpdateMethod(),
                    of.storage(), of.walStorage(), of.resources(), of.affinity(), of.plugins()));
        }

        Change affinity(Cluster.Affinity with) {
            return new Change(new ClusterSpec(of.instances(), of.bootstrap(), of.postgresql(),
                    of.primaryUpdateMethod(), of.storage(), of.walStorage(), of.resources(), with, of.plugins()));
        }

        Change plugins(List<Cluster.Plugin> with) {
            return new Change(new ClusterSpec(of.instances(), of.bootstrap(), of.postgresql(),
                    of.primaryUpdateMethod(), of.storage(), of.walStorage(), of.resources(), of.affinity(), with));
        }
    }

    private static void change(Manifests manifests, UnaryOperator<Change> change) {
        manifests.objects()
                .replaceAll(object -> object instanceof Cluster cluster
                        ? new Cluster(cluster.apiVersion(), cluster.kind(), cluster.metadata(),
                                change.apply(new Change(cluster.spec())).of())
                        : object);
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

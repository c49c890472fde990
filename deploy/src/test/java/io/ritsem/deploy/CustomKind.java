package io.ritsem.deploy;

import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the manifests use of the kinds that operators define, written by hand after the operators' documentation: a field that
 * is not here is one that nobody has looked up. Immutable.
 */
sealed interface CustomKind {

    /** The kinds by apiVersion and kind. */
    Map<String, Class<? extends CustomKind>> ALL = Map.of(
            "cert-manager.io/v1 Certificate", Certificate.class,
            "cert-manager.io/v1 Issuer", Issuer.class,
            "postgresql.cnpg.io/v1 Cluster", Cluster.class,
            "postgresql.cnpg.io/v1 ScheduledBackup", ScheduledBackup.class,
            "barmancloud.cnpg.io/v1 ObjectStore", ObjectStore.class);

    /** Names the object, in the namespace of all. */
    record Metadata(String name, String namespace, Map<String, String> labels) {}

    /** Every object begins so. */
    Metadata metadata();

    /** Of cert-manager: keys, and a certificate of them, in a Secret. */
    record Certificate(String apiVersion, String kind, Metadata metadata, CertificateSpec spec) implements CustomKind {

        record CertificateSpec(boolean isCA, String commonName, List<String> dnsNames, String secretName,
                String duration,
                String renewBefore, PrivateKey privateKey, Set<String> usages, IssuerRef issuerRef) {}

        record PrivateKey(String algorithm, String encoding, int size, String rotationPolicy) {}

        record IssuerRef(String kind, String name) {}

        /** What cert-manager writes into the Secret. */
        static final Set<String> KEYS = Set.of("tls.crt", "tls.key", "ca.crt");
    }

    /** Of cert-manager: who signs. */
    record Issuer(String apiVersion, String kind, Metadata metadata, IssuerSpec spec) implements CustomKind {

        record IssuerSpec(JsonNode selfSigned, Authority ca) {}

        record Authority(String secretName) {}
    }

    /** Of CloudNativePG: PostgreSQL with its standbys. */
    record Cluster(String apiVersion, String kind, Metadata metadata, ClusterSpec spec) implements CustomKind {

        record ClusterSpec(int instances, String imageName, Bootstrap bootstrap, Postgresql postgresql,
                String primaryUpdateMethod, Storage storage, Storage walStorage, Resources resources,
                Affinity affinity, List<Plugin> plugins, List<ExternalCluster> externalClusters) {}

        /** An empty database, or what a backup has. */
        record Bootstrap(InitDb initdb, Recovery recovery) {}

        record InitDb(String database, String owner) {}

        record Recovery(String source, String database, String owner) {}

        record ExternalCluster(String name, Plugin plugin) {}

        record Postgresql(Synchronous synchronous, Map<String, String> parameters) {}

        record Synchronous(String method, int number, String dataDurability, boolean failoverQuorum) {}

        record Storage(String size) {}

        record Resources(Map<String, String> requests, Map<String, String> limits) {}

        record Affinity(boolean enablePodAntiAffinity, String podAntiAffinityType, String topologyKey) {}

        record Plugin(String name, boolean isWALArchiver, Map<String, String> parameters) {}

        /** The database of the application in it. */
        String database() {
            Bootstrap begun = spec.bootstrap();
            return begun.recovery() == null ? begun.initdb().database() : begun.recovery().database();
        }

        /** The Secret that the operator makes for the owner of the database. */
        String secret() {
            return metadata.name() + "-app";
        }

        /** The Service that the operator leads to the primary. */
        String service() {
            return metadata.name() + "-rw";
        }

        /** What the operator writes into the Secret, as far as it is used. */
        static final Set<String> KEYS = Set.of("username", "password", "dbname", "jdbc-uri");
    }

    /** Of CloudNativePG: base backups, by a schedule of six fields that begins with the second. */
    record ScheduledBackup(String apiVersion, String kind, Metadata metadata, ScheduledBackupSpec spec)
            implements CustomKind {

        record ScheduledBackupSpec(String schedule, boolean immediate, String backupOwnerReference, Named cluster,
                String method,
                Named pluginConfiguration) {}

        record Named(String name) {}
    }

    /** Of CloudNativePG's plugin for Barman Cloud: where base backups and WAL are kept. */
    record ObjectStore(String apiVersion, String kind, Metadata metadata, ObjectStoreSpec spec) implements CustomKind {

        record ObjectStoreSpec(String retentionPolicy, Configuration configuration) {}

        record Configuration(String destinationPath, String endpointURL, Credentials s3Credentials, Compressed wal,
                Compressed data) {}

        record Credentials(Key accessKeyId, Key secretAccessKey) {}

        record Key(String name, String key) {}

        record Compressed(String compression) {}
    }
}

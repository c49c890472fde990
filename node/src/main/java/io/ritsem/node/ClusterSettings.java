package io.ritsem.node;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import static java.util.stream.Collectors.joining;

/**
 * How a node finds the others: {@code ritsem.node.cluster} of the configuration, whose {@code reference.conf} is the
 * manual. Immutable.
 *
 * @param contactPoints the management addresses of nodes, for {@link Formation#CONTACT_POINTS}
 * @param requiredContactPoints how many nodes must be found before they form a cluster
 * @param service what the nodes are called together
 * @param formWithin how long a node waits until it is a member
 */
record ClusterSettings(Formation formation, List<ContactPoint> contactPoints, int requiredContactPoints, String service,
        Duration formWithin) {

    private static final String PATH = "ritsem.node.cluster";

    /** How a node comes to be a member of a cluster. */
    enum Formation {
        /** It forms one of its own. */
        ALONE,
        /** It asks the nodes that it was told of. */
        CONTACT_POINTS,
        /** It asks the API of Kubernetes which nodes there are. */
        KUBERNETES;

        private String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Formation of(String word) {
            return Stream.of(values())
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("%s.formation must be one of %s, but is '%s'"
                            .formatted(PATH, Stream.of(values()).map(Formation::word).collect(joining(", ")), word)));
        }
    }

    /** Where a node's management listens. */
    record ContactPoint(String host, int port) {

        private static final String SHAPE = "[^\\s:,]+:[0-9]{1,5}";

        private static ContactPoint of(String text) {
            int colon = text.lastIndexOf(':');
            if (!text.matches(SHAPE) || Integer.parseInt(text.substring(colon + 1)) > 65_535) {
                throw new IllegalArgumentException(
                        "%s.contact-points must be HOST:PORT,HOST:PORT, but one of them is '%s'".formatted(PATH, text));
            }
            return new ContactPoint(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        }
    }

    ClusterSettings {
        require(requiredContactPoints >= 1, "required-contact-points", "at least 1", requiredContactPoints);
        require(formWithin.isPositive(), "form-within", "more than 0 ms", formWithin);
        require(!service.isBlank(), "service", "a name", service);
        if (formation == Formation.CONTACT_POINTS) {
            require(!contactPoints.isEmpty(), "contact-points", "HOST:PORT,HOST:PORT with this formation", "empty");
            require(requiredContactPoints <= contactPoints.size(), "required-contact-points",
                    "at most the number of contact points, %d".formatted(contactPoints.size()), requiredContactPoints);
        }
    }

    /** Reads {@code ritsem.node.cluster}. */
    static ClusterSettings from(Config root) {
        Config config = root.getConfig(PATH);
        List<ContactPoint> points = Arrays.stream(config.getString("contact-points").split(","))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(ContactPoint::of)
                .toList();
        return new ClusterSettings(Formation.of(config.getString("formation")), points,
                config.getInt("required-contact-points"), config.getString("service"),
                config.getDuration("form-within"));
    }

    /** For a person who wonders why the others were not found. */
    String sought() {
        return switch (formation) {
            case ALONE -> "it is alone";
            case CONTACT_POINTS -> "it asked %s, of which at least %d have to answer".formatted(
                    contactPoints.stream().map(point -> point.host() + ":" + point.port()).collect(joining(", ")),
                    requiredContactPoints);
            case KUBERNETES ->
                    "it looked for pods with the label app.kubernetes.io/name=%s, of which at least %d have to answer"
                            .formatted(service, requiredContactPoints);
        };
    }

    /** Says to Akka where the others are found. */
    Config discovery() {
        return ConfigFactory.parseMap(switch (formation) {
            case ALONE -> Map.of();
            case KUBERNETES -> Map.of("akka.discovery.method", "kubernetes-api");
            case CONTACT_POINTS -> Map.of("akka.discovery.method", "config",
                    "akka.discovery.config.services", Map.of(service, Map.of("endpoints", contactPoints.stream()
                            .map(point -> Map.of("host", point.host(), "port", point.port()))
                            .toList())));
        }, "the formation of the cluster");
    }

    private static void require(boolean holds, String key, String right, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException("%s.%s must be %s, but is %s".formatted(PATH, key, right, actual));
        }
    }
}

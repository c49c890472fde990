package io.ritsem.node;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClusterSettingsTest {

    private static final String FORMATION = "ritsem.node.cluster.formation";
    private static final String POINTS = "ritsem.node.cluster.contact-points";
    private static final String REQUIRED = "ritsem.node.cluster.required-contact-points";

    @Test void says_what_is_wrong_with_how_the_cluster_is_to_be_formed() {
        refuses("formation must be one of alone, contact-points, kubernetes, but is 'seeds'",
                Map.of(FORMATION, "seeds"));
        refuses("contact-points must be HOST:PORT,HOST:PORT with this formation, but is empty",
                Map.of(FORMATION, "contact-points"));
        refuses("contact-points must be HOST:PORT,HOST:PORT, but one of them is 'a'",
                Map.of(FORMATION, "contact-points", POINTS, "a"));
        refuses("contact-points must be HOST:PORT,HOST:PORT, but one of them is 'a:70000'",
                Map.of(FORMATION, "contact-points", POINTS, "a:70000"));
    }

    @Test void no_more_nodes_can_be_required_than_are_asked() {
        refuses("required-contact-points must be at most the number of contact points, 2, but is 3",
                Map.of(FORMATION, "contact-points", POINTS, "a:1,b:1", REQUIRED, 3));
        assertThat(NodeSettings.load(Map.of(FORMATION, "contact-points", POINTS, " a:1, b:1,c:1 ", REQUIRED, 2))
                .cluster()
                .contactPoints()).hasSize(3);
    }

    private static void refuses(String message, Map<String, ?> settings) {
        assertThatThrownBy(() -> NodeSettings.load(settings)).isInstanceOf(NodeStartException.class)
                .hasMessageContaining("ritsem.node.cluster")
                .hasMessageContaining(message);
    }
}

package io.ritsem.node;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AkkaTimesTest {

    @Test void an_entity_must_have_the_time_that_it_needs_to_stop() {
        refuses("ritsem.runtime.entity.stop-within", "11s",
                "akka.cluster.sharding.handoff-timeout is 15s, but it must be "
                        + "longer than PT16S: ritsem.runtime.entity.stop-within and 5 s more");
    }

    @Test void nobody_may_get_the_entities_of_a_node_that_still_speaks_for_them() {
        refuses("akka.cluster.split-brain-resolver.stable-after", "5s",
                "akka.cluster.split-brain-resolver.stable-after is 5s, but it must be longer than PT7S: with "
                        + "akka.cluster.down-removal-margin the time for which a node speaks without an answer, and 2 s more");
    }

    @Test void a_node_must_have_the_time_for_all_phases_of_its_stop() {
        refuses("ritsem.node.stop-within", "72s", "ritsem.node.stop-within is 72s, but it must be longer than PT1M12S: "
                + "all phases of akka.coordinated-shutdown together");
        refuses("akka.coordinated-shutdown.phases.service-unbind.timeout", "40s", "longer than PT1M22S");
        refuses("akka.coordinated-shutdown.default-phase-timeout", "5s", "longer than PT1M32S");
    }

    private static void refuses(String path, String value, String message) {
        assertThatThrownBy(() -> NodeSettings.load(Map.of(path, value))).isInstanceOf(NodeStartException.class)
                .hasMessageContaining(message);
    }
}

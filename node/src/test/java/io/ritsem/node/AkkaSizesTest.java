package io.ritsem.node;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AkkaSizesTest {

    @Test void the_largest_message_must_pass_between_nodes() {
        assertThatThrownBy(() -> NodeSettings.load(Map.of("akka.remote.artery.advanced.maximum-frame-size", "4 MiB")))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("akka.remote.artery.advanced.maximum-frame-size is 4194304 bytes, but it must be "
                        + "at least 4456448: the largest command or answer, and what is around it");
    }

    @Test void no_body_may_be_larger_than_what_passes_between_nodes() {
        assertThatThrownBy(() -> NodeSettings.load(Map.of("ritsem.http.body-limit", "5 MiB")))
                .isInstanceOf(NodeStartException.class)
                .hasMessageContaining("ritsem.http.body-limit must be from 1 to 4194304 bytes, which is what passes "
                        + "between nodes, but is 5242880");
    }
}

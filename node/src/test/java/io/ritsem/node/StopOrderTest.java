package io.ritsem.node;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StopOrderTest {

    private final StopOrder order = new StopOrder();
    private final List<String> stopped = new ArrayList<>();

    @Test void stops_once_in_the_reverse_order() {
        part("database");
        part("cluster");

        order.stop();
        order.stop();

        assertThat(stopped).containsExactly("cluster", "database");
    }

    @Test void starts_nothing_more_once_it_stops() {
        order.stop();

        assertThatThrownBy(() -> part("late")).isInstanceOf(NodeStartException.class);
        assertThat(stopped).isEmpty();
    }

    private void part(String name) {
        assertThat(order.<String, RuntimeException>start(name, () -> name, stopped::add)).isEqualTo(name);
    }
}

package io.ritsem.chaos;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.scenario.Guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrdersTest {

    private static final Map<String, List<String>> KNOWN = Map.of("group", List.of("one", "other"));

    @Test void runs_one_a_group_or_all_with_three_seeds_unless_one_is_named() {
        Orders all = new Orders(List.of("one", "other"), List.of(1L, 2L, 3L), Guard.NONE, 5);
        assertThat(Orders.of(List.of("group"), KNOWN)).isEqualTo(all);
        assertThat(Orders.of(List.of("all"), KNOWN)).isEqualTo(all);
        assertThat(Orders.of(List.of("one"), KNOWN).scenarios()).containsExactly("one");
        assertThat(Orders.of(List.of("other", "--seed", "7", "--without", "primary-key"), KNOWN))
                .isEqualTo(new Orders(List.of("other"), List.of(7L), Guard.PRIMARY_KEY, 5));
        assertThat(Orders.of(List.of("other", "--minutes", "60"), KNOWN).minutes()).isEqualTo(60);
    }

    @Test void says_what_would_be_right() {
        assertThatThrownBy(() -> Orders.of(List.of(), KNOWN)).hasMessageContaining("chaos/run one|other|group|all");
        assertThatThrownBy(() -> Orders.of(List.of("none"), KNOWN)).hasMessageContaining("no scenario 'none'");
        assertThatThrownBy(() -> Orders.of(List.of("one", "--seed"), KNOWN)).hasMessageContaining("--seed needs");
        assertThatThrownBy(() -> Orders.of(List.of("one", "--seed", "x"), KNOWN)).hasMessageContaining("not 'x'");
        assertThatThrownBy(() -> Orders.of(List.of("one", "--minutes", "0"), KNOWN)).hasMessageContaining("not '0'");
        assertThatThrownBy(() -> Orders.of(List.of("one", "--without", "luck"), KNOWN))
                .hasMessageContaining("no guard 'luck'")
                .hasMessageContaining("primary-key, key-window-and-index, compare-and-set, horizon");
        assertThatThrownBy(() -> Orders.of(List.of("one", "--quick"), KNOWN)).hasMessageContaining("--quick");
    }
}

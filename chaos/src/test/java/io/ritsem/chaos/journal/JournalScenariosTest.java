package io.ritsem.chaos.journal;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

class JournalScenariosTest {

    @Test void each_scenario_runs_with_all_seeds_but_the_transaction_left_open_for_a_minute_with_the_first() {
        List<Long> asked = List.of(4L, 5L, 6L);
        var scenarios = JournalScenarios.all()
                .stream()
                .collect(Collectors.toMap(Scenario::name, Function.identity()));

        assertThat(scenarios.remove("transaction-left-open-60s")).isInstanceOfSatisfying(TransactionLeftOpen.class,
                it -> {
                    assertThat(it.openSeconds()).isEqualTo(60);
                    assertThat(it.seeds(asked)).containsExactly(4L);
                });
        assertThat(scenarios.get("transaction-left-open")).isInstanceOfSatisfying(TransactionLeftOpen.class,
                it -> assertThat(it.openSeconds()).isEqualTo(14));
        assertThat(scenarios.values()).allSatisfy(it -> assertThat(it.seeds(asked)).isEqualTo(asked));
    }
}

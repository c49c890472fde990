package io.ritsem.projections;

import java.time.Duration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProjectionSettingsTest {

    private static final Config DEFAULTS = ConfigFactory.load();

    @Test void the_defaults_hold_nothing_back() {
        assertThat(ProjectionSettings.from(DEFAULTS).tail().holdBack()).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest @CsvSource({"lease, 10 ms, at least 1 second", "tail.shortest-interval, 0 ms, more than 0 ms",
        "tail.longest-interval, 1 ms, not less than", "tail.batch, 0, at least 1 event",
        "tail.hold-back, -1 ms, 0 ms or more", "engine.batch, 0, at least 1 event",
        "engine.connections, 0, at least 1", "engine.progress-every, 0 s, more than 0 ms",
        "engine.retry-after, 0 s, more than 0 ms",
        "query.connections, 0, at least 1"}) void a_bad_value_is_named_with_what_would_be_right(String key,
                String value, String right) {
        Config config = ConfigFactory.parseString("ritsem.projections.%s = %s".formatted(key, value))
                .withFallback(DEFAULTS);
        assertThatThrownBy(() -> ProjectionSettings.from(config)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ritsem.projections." + key)
                .hasMessageContaining(right);
    }
}

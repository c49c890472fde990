package io.ritsem.node;

import java.nio.file.Files;
import java.nio.file.Path;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a node prints, by the configuration that it ships with. */
class LoggingTest {

    private static final Path CONFIGURATION = Checkout.module("node").resolve("src/main/resources/logback.xml");

    @Test void what_a_gate_reports_is_not_reported_by_akka_as_well() throws Exception {
        assertThat(Files.exists(CONFIGURATION)).isTrue();
        LoggerContext logging = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(logging);
        configurator.doConfigure(CONFIGURATION.toFile());

        assertThat(logging.getLogger("io.ritsem.silent").getEffectiveLevel()).isEqualTo(Level.OFF);
        assertThat(logging.getLogger("io.ritsem.runtime").getEffectiveLevel()).isEqualTo(Level.INFO);
        logging.stop();
    }
}

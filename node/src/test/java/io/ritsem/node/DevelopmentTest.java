package io.ritsem.node;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DevelopmentTest {

    private static final PrintStream SILENT = new PrintStream(OutputStream.nullOutputStream());

    @TempDir private Path data;

    @Test void says_that_the_port_is_taken_before_it_starts_a_database() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken.getLocalPort())).isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("--http-port");
        }

        assertThat(data).isEmptyDirectory();
    }

    @Test void names_the_option_when_another_server_uses_the_folder() {
        try (EmbeddedDatabase _ = EmbeddedDatabase.at(data.resolve("postgres"))) {
            assertThatThrownBy(() -> start(0)).isInstanceOf(NodeStartException.class)
                    .hasMessageContaining("--data")
                    .hasMessageContaining("is used by another process");
        }
    }

    private void start(int port) {
        StopOrder process = new StopOrder();
        try {
            new Development(new Order.Dev(OptionalInt.of(port), data, false, 1, "./ritsem dev"), process, SILENT)
                    .start();
        } finally {
            process.stop();
        }
    }
}

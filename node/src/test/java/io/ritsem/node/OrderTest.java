package io.ritsem.node;

import java.nio.file.Path;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrderTest {

    @Test void understands_each_command_with_its_options() throws UsageException {
        assertThat(Order.of("dev")).isEqualTo(new Order.Dev(OptionalInt.empty(), Path.of(".ritsem"), false));
        assertThat(Order.of("dev", "--fresh", "--http-port", "0", "--data", "a b"))
                .isEqualTo(new Order.Dev(OptionalInt.of(0), Path.of("a b"), true));
        assertThat(Order.of("serve", "--http-port", "9090")).isEqualTo(new Order.Serve(OptionalInt.of(9090)));
        assertThat(Order.of("migrate")).isEqualTo(new Order.Migrate());
        assertThat(Order.of("dev", "--help")).isEqualTo(new Order.Help());
    }

    @Test void says_what_it_does_not_understand() {
        refuses("a command is missing");
        refuses("unknown command 'deploy'", "deploy");
        refuses("'serve' does not know '--fresh'", "serve", "--fresh");
        refuses("--http-port needs a value", "dev", "--http-port");
        refuses("--data needs a value", "dev", "--data", "--fresh");
        refuses("--http-port must be a port from 0 to 65535, but is '65536'", "dev", "--http-port", "65536");
        refuses("--http-port must be a port from 0 to 65535, but is 'x'", "dev", "--http-port", "x");
    }

    private static void refuses(String message, String... arguments) {
        assertThatThrownBy(() -> Order.of(arguments)).isInstanceOf(UsageException.class).hasMessage(message);
    }
}

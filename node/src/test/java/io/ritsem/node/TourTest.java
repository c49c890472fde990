package io.ritsem.node;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class TourTest {

    private final ApplicationModel bank = Node.application();

    @Test void shows_two_commands_and_a_view_of_whatever_application_there_is() {
        List<String> lines = Tour.of(bank, "http://here");

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("curl ").endsWith(" http://here/api/entities/account/1/open");
        assertThat(lines.get(1)).endsWith(" http://here/api/entities/account/1/deposit")
                .contains("\"amount\":\"10.00\"");
        assertThat(lines.get(2)).isEqualTo("curl http://here/api/views/balances");
    }

    @Test void makes_bodies_that_every_command_of_the_bank_understands() {
        EntityModel<?, ?, ?> account = bank.entities().get("account");

        account.commands()
                .forEach((name, command) -> assertThat(
                        command.decode(Tour.sample(name, command.shape()).getBytes(UTF_8))).as(name).isNotNull());
    }
}

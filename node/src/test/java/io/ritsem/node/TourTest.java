package io.ritsem.node;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class TourTest {

    private final ApplicationModel bank = Node.application();

    @Test void shows_two_commands_and_a_view_of_whatever_application_there_is() {
        List<String> lines = Tour.of(bank, "http://here", "try-1");

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("curl ").endsWith(" http://here/api/entities/account/try-1/open");
        assertThat(lines.get(1)).endsWith(" http://here/api/entities/account/try-1/deposit")
                .contains("\"amount\":\"10.00\"");
        assertThat(lines.get(2)).isEqualTo("curl http://here/api/views/balances");
    }

    sealed interface Command {
        record Place(String article) implements Command {
            public Place {
                if (!article.matches("[A-Z]+")) {
                    throw new IllegalArgumentException("article must be\nof capitals");
                }
            }
        }
    }

    sealed interface Event {
        record Placed() implements Event {}
    }

    record State() {}

    static final class Purchase implements Entity<Command, Event, State> {

        @Override public State initial() {
            return new State();
        }

        @Override public Decision<? extends Event> decide(State state, Command command, Context context) {
            return Decision.accept(new Event.Placed());
        }

        @Override public State evolve(State state, Event event) {
            return state;
        }
    }

    @Test void says_of_values_that_a_record_refuses_that_they_are_to_be_replaced() {
        List<String> lines = Tour.of(ApplicationModel.of(app -> app.entity("purchase", new Purchase())),
                "http://here", "try-1");

        assertThat(lines.getFirst())
                .isEqualTo("# these values are refused, put in others: /article article must be of capitals");
        assertThat(lines.get(1)).endsWith(" http://here/api/entities/purchase/try-1/place");
    }

    @Test void makes_bodies_that_every_command_of_the_bank_understands() {
        EntityModel<?, ?, ?> account = bank.entities().get("account");

        account.commands()
                .forEach((name, command) -> assertThat(
                        command.decode(Tour.sample(name, command.shape()).getBytes(UTF_8))).as(name).isNotNull());
    }
}

package io.ritsem.runtime.entity;

import java.math.BigDecimal;
import java.util.UUID;

import akka.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Accepted;
import io.ritsem.runtime.gateway.CommandOutcome.Invalid;
import io.ritsem.runtime.gateway.CommandOutcome.KeyReused;
import io.ritsem.runtime.gateway.CommandOutcome.OutcomeUnknown;
import io.ritsem.runtime.gateway.CommandOutcome.UnknownCommand;

import static org.assertj.core.api.Assertions.assertThat;

/** Commands with a key that one release stored, sent again to the next, which has other commands. */
class OtherCommandsTest {

    private static final String PAY = "{\"amount\":\"1\"}";
    private static final String PAY_SPACED = "{ \"amount\" : \"1\" }";
    private static final String TAKE = "{\"amount\":\"1\"}";
    private static final String SPLIT = "{\"amount\":\"1\",\"parts\":2}";

    private final TestNode node = TestNode.onFreshDatabase();
    private final UUID sentBefore = UUID.randomUUID();
    private Accepted paid;
    private Accepted taken;
    private Accepted split;

    /** A till to which paying is another thing, which writes a splitting in another order, and which takes nothing out. */
    static final class Register implements Entity<Register.Command, Till.Event, Till.State> {

        sealed interface Command {
            record Pay(BigDecimal amount, String purpose) implements Command {}

            record Split(int parts, BigDecimal amount) implements Command {}
        }

        @Override public Till.State initial() {
            return new Till.State(BigDecimal.ZERO);
        }

        @Override public Decision<? extends Till.Event> decide(Till.State state, Command command, Context context) {
            return switch (command) {
                case Command.Pay(var amount, var _) -> Decision.accept(new Till.Event.Paid(amount));
                case Command.Split(var _, var amount) -> Decision.accept(new Till.Event.Paid(amount));
            };
        }

        @Override public Till.State evolve(Till.State state, Till.Event event) {
            return new Till().evolve(state, event);
        }
    }

    @BeforeEach void storeWithTheFirstRelease() {
        paid = node.accepted(node.keyed("a", "pay", PAY, "paid"));
        taken = node.accepted(node.keyed("a", "take", TAKE, "taken"));
        split = node.accepted(node.keyed("a", "split", SPLIT, "split"));
        assertThat(told(PAY, "told")).isInstanceOf(Accepted.class);
        node.restart(app -> app.entity("till", new Register()));
    }

    @AfterEach void stop() {
        node.close();
    }

    @Test void what_is_the_same_to_the_byte_gets_the_answer_that_it_got() {
        assertReplayed(node.accepted(node.keyed("a", "pay", PAY, "paid")), paid);
        assertReplayed(node.accepted(node.keyed("a", "take", TAKE, "taken")), taken);
        assertReplayed(node.accepted(node.keyed("a", "split", SPLIT, "split")), split);
    }

    @Test void what_is_the_very_same_command_gets_its_answer() {
        assertThat(told(PAY_SPACED, "told")).isInstanceOfSatisfying(Accepted.class, answer -> {
            assertThat(answer.version()).isEqualTo(5);
            assertThat(answer.replayed()).isFalse();
        });
    }

    @Test void of_any_other_nobody_can_say_whether_it_was_stored() {
        assertThat(node.outcome(node.keyed("a", "pay", PAY_SPACED, "paid"))).isEqualTo(new OutcomeUnknown());
        assertThat(node.outcome(node.keyed("a", "take", PAY_SPACED, "taken"))).isEqualTo(new OutcomeUnknown());
    }

    @Test void what_can_be_decoded_is_compared() {
        assertThat(node.outcome(node.keyed("a", "pay", "{\"amount\":\"1\",\"purpose\":\"rent\"}", "paid")))
                .isEqualTo(new KeyReused());
        assertThat(node.outcome(node.keyed("a", "split", "{\"amount\":\"2\",\"parts\":2}", "split")))
                .isEqualTo(new KeyReused());
    }

    @Test void without_a_spent_key_or_on_a_dry_run_it_is_what_it_is() {
        assertThat(node.outcome(node.keyed("a", "pay", PAY, "another"))).isInstanceOf(Invalid.class);
        assertThat(node.outcome(node.keyed("a", "take", TAKE, "another"))).isInstanceOf(UnknownCommand.class);
        assertThat(node.outcome(node.keyedDryRun("a", "pay", PAY, "paid"))).isInstanceOf(Invalid.class);
    }

    /** The answer to one and the same command, as its copies get it from whatever node. */
    private CommandOutcome told(String body, String key) {
        TestProbe<CommandOutcome> listener = node.listener();
        node.tell(new Submit(node.keyed("a", "pay", body, key), sentBefore, listener.getRef(), true));
        return listener.receiveMessage();
    }

    private static void assertReplayed(Accepted again, Accepted first) {
        assertThat(again.replayed()).isTrue();
        assertThat(again).usingRecursiveComparison().ignoringFields("replayed").isEqualTo(first);
    }
}

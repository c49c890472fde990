package io.ritsem.runtime.sharding;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.entity.Till;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.OutcomeUnknown;
import io.ritsem.runtime.gateway.CommandOutcome.Unavailable;
import io.ritsem.runtime.gateway.CommandOutcome.UnknownCommand;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;

import static org.assertj.core.api.Assertions.assertThat;

/** What is told of a command of which an earlier copy may have been stored, perhaps by a node of another version. */
class ShardedEntitiesTest {

    private static final ApplicationModel APPLICATION = ApplicationModel.of(new Till.Shop());

    static Stream<CommandOutcome> denials() {
        return Stream.of(new Unavailable("overloaded"), new CommandOutcome.Invalid(List.of()),
                new CommandOutcome.Failed("abc"), new UnknownCommand("sell", List.of()),
                // which would be an older node's, that is 503 and "nothing was stored"
                new UnknownCommand("pay", List.of()));
    }

    static Stream<CommandOutcome> answersWithKnowledge() {
        return Stream.of(new CommandOutcome.Accepted(1, List.of(), null, null, null, false),
                new CommandOutcome.Rejected("too-little", "There is too little", new byte[0]),
                new CommandOutcome.VersionMismatch(1), new CommandOutcome.TooLarge("paid", 2, 1),
                new CommandOutcome.KeyReused(), new CommandOutcome.KeyInFlight(), new OutcomeUnknown());
    }

    @ParameterizedTest @MethodSource("denials") void who_has_not_looked_for_its_key_cannot_say_that_nothing_was_stored(
            CommandOutcome outcome) {
        assertThat(told(outcome, true, false)).isEqualTo(new OutcomeUnknown());
    }

    @ParameterizedTest @MethodSource("denials") void of_a_dry_run_certainly_nothing_was_stored(CommandOutcome outcome) {
        assertThat(told(outcome, true, true)).isEqualTo(told(outcome, false, true)).isNotEqualTo(new OutcomeUnknown());
    }

    @ParameterizedTest @MethodSource("answersWithKnowledge") void who_has_looked_for_its_key_is_believed(
            CommandOutcome outcome) {
        assertThat(told(outcome, true, false)).isEqualTo(outcome);
    }

    @Test void a_node_without_the_type_is_not_asked_for_as_long_as_a_roll_out_lasts() {
        assertThat(ShardedEntities.mayBeElsewhere("unknown-type", Duration.ofSeconds(1))).isTrue();
        assertThat(ShardedEntities.mayBeElsewhere("unknown-type", Duration.ofSeconds(2))).isFalse();
        assertThat(ShardedEntities.mayBeElsewhere("moving", Duration.ofSeconds(9))).isTrue();
        assertThat(ShardedEntities.mayBeElsewhere("overloaded", Duration.ZERO)).isFalse();
    }

    @Test void a_command_that_only_this_version_knows_is_to_be_sent_again_later() {
        assertThat(told(new UnknownCommand("pay", List.of()), false, false))
                .isEqualTo(new Unavailable("older-nodes-at-work"));
        assertThat(told(new UnknownCommand("sell", List.of()), false, false)).isInstanceOf(UnknownCommand.class);
    }

    private static CommandOutcome told(CommandOutcome outcome, boolean inDoubt, boolean dryRun) {
        String command = outcome instanceof UnknownCommand(String name, var _) ? name : "pay";
        CommandRequest request = new CommandRequest(new EntityId("till", "t"), command, new byte[0], "k",
                Precondition.NONE, dryRun, false, Instant.MAX, Caller.UNKNOWN);
        return ShardedEntities.told(request, outcome, inDoubt, APPLICATION);
    }
}

package io.ritsem.runtime.sharding;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.json.Violation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EntityMessageSerializerTest {

    @Test void every_outcome_survives_the_way_between_nodes() {
        byte[] json = "{\"a\":\"ä\"}".getBytes(UTF_8);
        List<CommandOutcome> outcomes = List.of(
                new CommandOutcome.Accepted(7, List.of(new StoredEvent("paid", 7, json)), json, json,
                        ConsistencyToken.of(3, 17, 123_456_789L), true),
                new CommandOutcome.Accepted(0, List.of(), null, null, null, false),
                new CommandOutcome.Rejected("too-little", "There is too little", json),
                new CommandOutcome.Invalid(List.of(new Violation("/amount", "missing", "must be there"))),
                new CommandOutcome.UnknownCommand("pai", List.of("pay", "take")), new CommandOutcome.VersionMismatch(4),
                new CommandOutcome.KeyReused(), new CommandOutcome.KeyInFlight(),
                new CommandOutcome.TooLarge("paid", 2_000_000, 1 << 20), new CommandOutcome.Unavailable("overloaded"),
                new CommandOutcome.OutcomeUnknown(), new CommandOutcome.Failed("abc"));

        for (CommandOutcome outcome : outcomes) {
            WireWriter out = new WireWriter();
            OutcomeWire.write(outcome, out);

            CommandOutcome read = OutcomeWire.read(OutcomeWire.manifest(outcome), new WireReader(out.written()));

            assertThat(read).usingRecursiveComparison().isEqualTo(outcome);
        }
    }

    @Test void a_length_that_cannot_be_is_refused() {
        byte[] written = new WireWriter().number(1_000_000).written();

        assertThatThrownBy(() -> new WireReader(written).bytes()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000");
    }
}

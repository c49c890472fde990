package io.ritsem.runtime.sharding;

import java.util.List;

import akka.actor.ExtendedActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.entity.ReadOutcome;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.StoredEvent;
import io.ritsem.runtime.gateway.EntityState;
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
                new CommandOutcome.Accepted(7, List.of(), json, null, null, false,
                        new CommandOutcome.Omitted(List.of("state", "events"), 5_000_000_000L, 4 << 20)),
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

    @Test void the_token_of_a_state_is_passed_over_by_a_node_that_does_not_know_it_and_missed_by_one_that_does() {
        byte[] json = "{}".getBytes(UTF_8);
        ReadOutcome.Found found = new ReadOutcome.Found(new EntityState(7, json, ConsistencyToken.of(3, 17, 700)));
        ActorTestKit actors = ActorTestKit.create();
        try {
            var serializer = new EntityMessageSerializer((ExtendedActorSystem) Adapter.toClassic(actors.system()));
            byte[] written = serializer.toBinary(found);
            byte[] ofAnOlderNode = new WireWriter().number(7).bytes(json).written();

            assertThat(serializer.manifest(found)).isEqualTo("found/1");
            assertThat(serializer.fromBinary(written, "found/1")).usingRecursiveComparison().isEqualTo(found);
            assertThat(written).startsWith(ofAnOlderNode);
            assertThat(serializer.fromBinary(ofAnOlderNode, "found/1")).usingRecursiveComparison()
                    .isEqualTo(new ReadOutcome.Found(new EntityState(7, json, null)));
        } finally {
            actors.shutdownTestKit();
        }
    }

    @Test void a_state_that_is_too_large_is_a_failure_to_a_node_that_does_not_know_it() {
        ReadOutcome large = new ReadOutcome.TooLarge(7, 5_000_000, 4 << 20);
        ActorTestKit actors = ActorTestKit.create();
        try {
            var serializer = new EntityMessageSerializer((ExtendedActorSystem) Adapter.toClassic(actors.system()));
            byte[] written = serializer.toBinary(large);
            byte[] ofAFailure = serializer.toBinary(new ReadOutcome.Failed("state-too-large"));

            assertThat(serializer.fromBinary(written, serializer.manifest(large))).isEqualTo(large);
            assertThat(written).startsWith(ofAFailure);
            assertThat(serializer.fromBinary(ofAFailure, serializer.manifest(large)))
                    .isEqualTo(new ReadOutcome.Failed("state-too-large"));
        } finally {
            actors.shutdownTestKit();
        }
    }

    @Test void an_answer_without_what_is_omitted_is_that_of_a_node_that_does_not_know_it() {
        byte[] json = "{}".getBytes(UTF_8);
        WireWriter whole = new WireWriter();
        OutcomeWire.write(new CommandOutcome.Accepted(7, List.of(), json, null, null, false), whole);
        byte[] ofAnOlderNode = java.util.Arrays.copyOf(whole.written(), whole.written().length - 1);

        assertThat(OutcomeWire.read("accepted/1", new WireReader(ofAnOlderNode))).usingRecursiveComparison()
                .isEqualTo(new CommandOutcome.Accepted(7, List.of(), json, null, null, false));
    }

    @Test void a_length_that_cannot_be_is_refused() {
        byte[] written = new WireWriter().number(1_000_000).written();

        assertThatThrownBy(() -> new WireReader(written).bytes()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000");
    }
}

package io.ritsem.runtime.entity;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandOutcome.Failed;
import io.ritsem.runtime.gateway.CommandOutcome.OutcomeUnknown;
import io.ritsem.runtime.gateway.CommandOutcome.Rejected;
import io.ritsem.runtime.gateway.CommandOutcome.Unavailable;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalLanes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What is said of a command that was sent to the journal before and is decided again. */
class BatchDecisionTest {

    private static ActorTestKit actors;

    private final ApplicationModel application = ApplicationModel.of(new Till.Shop());
    private final EntityId id = new EntityId("till", "one");
    private final TestProbe<CommandOutcome> caller = actors.createTestProbe();

    @BeforeAll static void start() {
        actors = ActorTestKit.create("batch-decision");
    }

    @AfterAll static void stop() {
        actors.shutdownTestKit();
    }

    @Test void past_its_deadline_nobody_knows_whether_it_will_be_stored() {
        Submit late = command("pay", Instant.MIN);

        assertThat(outcome(late, Set.of())).isEqualTo(new Unavailable("deadline-passed"));
        assertThat(outcome(late, Set.of(late.commandId()))).isEqualTo(new OutcomeUnknown());
    }

    @Test void when_it_is_rejected_now_nobody_knows_whether_it_will_be_stored() {
        Submit refused = command("take", Instant.MAX);

        assertThat(outcome(refused, Set.of())).isInstanceOf(Rejected.class);
        assertThat(outcome(refused, Set.of(refused.commandId()))).isEqualTo(new OutcomeUnknown());
    }

    @Test void when_it_fails_now_nobody_knows_whether_it_will_be_stored() {
        Submit failing = command("explode", "{}");

        assertThat(outcome(failing, Set.of())).isInstanceOf(Failed.class);
        assertThat(outcome(failing, Set.of(failing.commandId()))).isEqualTo(new OutcomeUnknown());
    }

    private CommandOutcome outcome(Submit submit, Set<UUID> sentBefore) {
        decide(List.of(submit), sentBefore).answer();
        return caller.receiveMessage();
    }

    private BatchDecision<?, ?, ?> decide(List<GateMessage.Work> batch, Set<UUID> sentBefore) {
        @SuppressWarnings("unchecked") EntityModel<Till.Command, Till.Event, Till.State> model = (EntityModel<Till.Command, Till.Event, Till.State>) application
                .entity("till");
        EntityHost host = new EntityHost(application, null, new JournalLanes(1),
                new EntitySettings(1, 1, 2, Duration.ofHours(1), Duration.ofSeconds(1)), new TestClock(), () -> true);
        return new BatchDecision<>(model, host, id, new KeyWindow(Duration.ofHours(1), host.keys(), Set.of()))
                .decide(new Till.State(BigDecimal.ZERO), 3, 700, new ChildMessage.Decide(batch, sentBefore));
    }

    private Submit command(String name, Instant deadline) {
        return command(name, "{\"amount\":\"1\"}", deadline);
    }

    private Submit command(String name, String body) {
        return command(name, body, Instant.MAX);
    }

    private Submit command(String name, String body, Instant deadline) {
        CommandRequest request = new CommandRequest(id, name, body.getBytes(UTF_8), null, Precondition.NONE, false,
                false, deadline, Caller.UNKNOWN);
        return new Submit(request, UUID.randomUUID(), caller.getRef(), false);
    }
}

package io.ritsem.runtime.entity;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import akka.actor.setup.ActorSystemSetup;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.entity.GateMessage.Work;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;

import static org.assertj.core.api.Assertions.assertThat;

class WorkQueueTest {

    private static ActorTestKit actors;

    private final TestProbe<CommandOutcome> caller = actors.createTestProbe();
    private final WorkQueue queue = new WorkQueue(10, Clock.systemUTC());

    @BeforeAll static void start() {
        actors = ActorTestKit.create(ActorSystem.create(Behaviors.empty(), "work-queue",
                ActorSystemSetup.create(new HostedApplication(ApplicationModel.of(new Till.Shop())))));
    }

    @AfterAll static void stop() {
        actors.shutdownTestKit();
    }

    @Test void a_command_whose_write_may_still_come_is_never_told_that_nothing_was_stored() {
        Work sent = command("k");
        queue.putBackInDoubt(List.of(sent), 7);
        queue.settleDoubts();

        queue.answerCertain(work -> queue.notDecided(work, "journal-away"));

        caller.expectMessage(new CommandOutcome.OutcomeUnknown());
    }

    @Test void nor_is_it_told_so_of_a_bug() {
        Work sent = command("k");
        queue.putBackInDoubt(List.of(sent), 7);
        queue.settleDoubts();

        queue.answerCertain(work -> queue.failed(work, "trace"));
        queue.failed(command("l"), "trace");

        caller.expectMessage(new CommandOutcome.OutcomeUnknown());
        caller.expectMessage(new CommandOutcome.Failed("trace"));
    }

    @Test void a_command_that_was_never_sent_is_told_that_nothing_was_stored() {
        assertThat(queue.offer(command("k"))).isTrue();

        queue.answerCertain(work -> queue.notDecided(work, "journal-away"));

        caller.expectMessage(new CommandOutcome.Unavailable("journal-away"));
    }

    @Test void what_is_in_doubt_waits_for_the_journal_and_stands_first() {
        Work sent = command("k");
        Work later = command("l");
        assertThat(queue.offer(later)).isTrue();

        queue.putBackInDoubt(List.of(sent), 7);
        queue.answerCertain(work -> queue.notDecided(work, "journal-away"));

        assertThat(queue.doubtfulSince()).isEqualTo(7);
        assertThat(queue.nextBatch(10)).containsExactly(sent);
        caller.expectMessage(new CommandOutcome.Unavailable("journal-away"));
    }

    @Test void a_batch_ends_before_a_key_comes_again() {
        Work first = command("k");
        Work again = command("k");
        assertThat(queue.offer(first) && queue.offer(again)).isTrue();

        assertThat(queue.nextBatch(10)).containsExactly(first);
        assertThat(queue.nextBatch(10)).containsExactly(again);
    }

    @Test void a_batch_ends_when_its_commands_are_large() {
        List<Work> large = Stream.generate(() -> (Work) command(null, Instant.MAX, new byte[400_000]))
                .limit(4)
                .toList();
        assertThat(large).allMatch(queue::offer);

        assertThat(queue.nextBatch(10)).isEqualTo(large.subList(0, 3));
        assertThat(queue.nextBatch(10)).isEqualTo(large.subList(3, 4));
    }

    @Test void what_has_its_answer_is_forgotten() {
        Work sent = command("k");
        queue.putBackInDoubt(List.of(sent), 7);
        queue.settleDoubts();
        queue.answerCertain(work -> queue.failed(work, "trace"));
        caller.expectMessage(new CommandOutcome.OutcomeUnknown());
        assertThat(queue.sentBefore(List.of(sent))).isEmpty();

        Work inFlight = command("k", Instant.MIN);
        queue.putBackInDoubt(List.of(inFlight), 7);
        queue.settleDoubts();
        queue.expire(List.of(command("k")));
        caller.expectMessage(new CommandOutcome.KeyInFlight());
        assertThat(queue.sentBefore(List.of(inFlight))).isEmpty();
    }

    @Test void what_was_not_sent_but_has_to_be_compared_with_the_journal_has_no_write_that_may_come() {
        Work unsent = command("k");
        queue.putBackToReadBack(List.of(unsent), 7);

        assertThat(queue.hasDoubts()).isTrue();
        assertThat(queue.sentBefore(List.of(unsent))).isEmpty();
    }

    @Test void what_was_sent_again_takes_its_twins_place_and_all_that_is_known_of_it() {
        Submit sent = command("k");
        Submit later = command("l");
        TestProbe<CommandOutcome> listener = actors.createTestProbe();
        Submit again = new Submit(sent.request(), sent.commandId(), listener.getRef(), true);
        assertThat(queue.offer(later)).isTrue();
        assertThat(queue.renew(again)).isFalse();
        queue.putBackInDoubt(List.of(sent), 7);
        queue.settleDoubts();

        assertThat(queue.renew(again)).isTrue();
        queue.answerCertain(work -> queue.notDecided(work, "journal-away"));

        listener.expectMessage(new CommandOutcome.OutcomeUnknown());
        caller.expectMessage(new CommandOutcome.Unavailable("journal-away"));
        caller.getRef().tell(new CommandOutcome.KeyInFlight());
        caller.expectMessage(new CommandOutcome.KeyInFlight());
    }

    @Test void what_was_answered_where_nobody_listens_comes_next_and_its_earlier_write_may_still_come() {
        Work sent = command("k");
        Work later = command("l");
        assertThat(queue.offer(later)).isTrue();
        queue.putBackInDoubt(List.of(sent), 7);
        queue.settleDoubts();
        List<Work> writing = queue.nextBatch(1);

        queue.answered(writing, List.of(sent.again()));

        assertThat(queue.nextBatch(2)).containsExactly(sent.again(), later);
        assertThat(queue.sentBefore(List.of(sent, later))).hasSize(1);
    }

    private Submit command(String key) {
        return command(key, Instant.MAX);
    }

    private Submit command(String key, Instant deadline) {
        return command(key, deadline, new byte[0]);
    }

    private Submit command(String key, Instant deadline, byte[] body) {
        CommandRequest request = new CommandRequest(new EntityId("till", "one"), "pay", body, key,
                Precondition.NONE, false, false, deadline, Caller.UNKNOWN);
        return new Submit(request, UUID.randomUUID(), caller.getRef(), false);
    }
}

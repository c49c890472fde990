package io.ritsem.runtime.sharding;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.ShardingEnvelope;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.sharding.typed.testkit.javadsl.TestEntityRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import scala.Function1;

import io.ritsem.runtime.entity.GateMessage;
import io.ritsem.runtime.entity.GateMessage.Submit;
import io.ritsem.runtime.entity.LoggedBugs;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.CommandRequest;
import io.ritsem.runtime.gateway.CommandRequest.Caller;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.sharding.Delivery.Question;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveryTest {

    private static final ActorTestKit ACTORS = ActorTestKit.create();
    private static final EntityTypeKey<GateMessage> TYPE = EntityTypeKey.create(GateMessage.class, "entity");
    private static final CommandOutcome DONE = new CommandOutcome.VersionMismatch(1);
    private static final CommandOutcome MOVED = new CommandOutcome.Unavailable("stopping");

    private final TestProbe<GateMessage> entity = ACTORS.createTestProbe();
    private final List<Runnable> later = new ArrayList<>();
    private long now;

    @AfterAll static void stop() {
        ACTORS.shutdownTestKit();
    }

    @BeforeEach void start() {
        now = System.nanoTime();
    }

    @Test void what_may_come_twice_is_sent_again_while_nobody_answers() throws Exception {
        Delivery<CommandOutcome> delivery = sent(true);
        Submit first = received();

        delivery.repeatIfSilent(now + millis(500));
        nothingCame();
        delivery.repeatIfSilent(now + millis(1_500));
        assertThat(received()).isEqualTo(first.again());
        delivery.repeatIfSilent(now + millis(2_400));
        nothingCame();
        delivery.repeatIfSilent(now + millis(2_600));

        received().replyTo().tell(DONE);
        assertThat(delivery.answer().get(3, TimeUnit.SECONDS)).isEqualTo(DONE);
        assertThat(delivery.isInDoubt()).isTrue();
        delivery.repeatIfSilent(now + millis(60_000));
        nothingCame();
    }

    @Test void what_may_not_come_twice_is_sent_once() {
        Delivery<CommandOutcome> delivery = sent(false);
        var _ = received();

        delivery.repeatIfSilent(now + millis(60_000));

        nothingCame();
    }

    @Test void who_certainly_did_nothing_and_has_moved_is_asked_where_he_is_now() throws Exception {
        Delivery<CommandOutcome> delivery = sent(false);
        received().replyTo().tell(MOVED);
        entity.awaitAssert(() -> {
            assertThat(later).hasSize(1);
            return null;
        });

        later.removeFirst().run();
        received().replyTo().tell(DONE);

        assertThat(delivery.answer().get(3, TimeUnit.SECONDS)).isEqualTo(DONE);
        assertThat(delivery.isInDoubt()).isFalse();
    }

    @Test void who_has_moved_is_asked_where_he_is_now_as_one_of_whom_an_earlier_copy_may_still_come() throws Exception {
        Delivery<CommandOutcome> delivery = sent(true);
        var _ = received();
        delivery.repeatIfSilent(now + millis(1_500));
        received().replyTo().tell(MOVED);
        entity.awaitAssert(() -> {
            assertThat(later).hasSize(1);
            return null;
        });

        later.removeFirst().run();

        Submit again = received();
        assertThat(again.repeated()).isTrue();
        again.replyTo().tell(DONE);
        assertThat(delivery.answer().get(3, TimeUnit.SECONDS)).isEqualTo(DONE);
        assertThat(delivery.isInDoubt()).isTrue();
    }

    @Test void what_comes_to_no_entity_is_told_at_once_but_for_a_copy() {
        TestProbe<CommandOutcome> caller = ACTORS.createTestProbe();
        Undelivered.watch(ACTORS.system());
        Submit lost = submit(caller.getRef());
        ACTORS.system().deadLetters().tell(new ShardingEnvelope<>("till|t", lost.again()));
        ACTORS.system().deadLetters().tell(new ShardingEnvelope<>("till|t", lost));

        caller.expectMessage(new CommandOutcome.Unavailable("moving"));
        TestProbe<CommandOutcome> next = ACTORS.createTestProbe();
        ACTORS.system().deadLetters().tell(new ShardingEnvelope<>("till|t", submit(next.getRef())));
        next.expectMessage(new CommandOutcome.Unavailable("moving"));
        caller.getRef().tell(DONE);
        caller.expectMessage(DONE);
    }

    @Test void who_cannot_be_asked_again_because_the_node_stops_is_told_what_was_said() throws Exception {
        Delivery<CommandOutcome> delivery = delivery(false, DeliveryTest::submit);
        delivery.send((_, _) -> {
            throw new IllegalStateException("cannot enqueue after timer shutdown");
        });
        received().replyTo().tell(MOVED);

        assertThat(delivery.answer().get(3, TimeUnit.SECONDS)).isEqualTo(MOVED);
    }

    @Test void what_cannot_be_sent_fails() {
        Delivery<CommandOutcome> delivery = delivery(false, _ -> {
            throw new LinkageError("a class is missing");
        });
        delivery.send((_, task) -> later.add(task));

        assertThat(delivery.answer()).isCompletedExceptionally();
    }

    @Test void a_look_at_what_nobody_answers_fails_alone() {
        try (LoggedBugs bugs = new LoggedBugs(ShardedEntities.class)) {
            ShardedEntities.repeatTheUnanswered(_ -> {
                throw new LinkageError("a class is missing");
            }, List.of());
            assertThat(bugs.count()).isEqualTo(1);
        }
    }

    private Delivery<CommandOutcome> sent(boolean harmlessTwice) {
        Delivery<CommandOutcome> delivery = delivery(harmlessTwice, DeliveryTest::submit);
        delivery.send((_, task) -> later.add(task));
        return delivery;
    }

    private Delivery<CommandOutcome> delivery(boolean harmlessTwice,
            Function1<ActorRef<CommandOutcome>, GateMessage.Work> message) {
        return new Delivery<>(TestEntityRef.of(TYPE, "till|t", entity.getRef()),
                new Question<>(message, harmlessTwice, (outcome, _) -> MOVED.equals(outcome)),
                Instant.now().plusSeconds(20));
    }

    private static Submit submit(ActorRef<CommandOutcome> replyTo) {
        CommandRequest request = new CommandRequest(new EntityId("till", "t"), "pay", new byte[0], "k",
                Precondition.NONE, false, false, Instant.now().plusSeconds(20), Caller.UNKNOWN);
        return new Submit(request, UUID.randomUUID(), replyTo, false);
    }

    private Submit received() {
        return entity.expectMessageClass(Submit.class);
    }

    /** What is sent now comes after what was sent before. */
    private void nothingCame() {
        entity.getRef().tell(new GateMessage.Stop());
        entity.expectMessageClass(GateMessage.Stop.class);
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}

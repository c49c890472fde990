package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.load.Attempt;
import io.ritsem.chaos.load.Command;
import io.ritsem.chaos.load.Told;

import static org.assertj.core.api.Assertions.assertThat;

/** The checker itself: it accepts what may happen, and each thing that must not is seen. */
class CheckerTest {

    private static final Command FIRST = Command.deposit("a", "k1", 100);
    private static final Command SECOND = Command.deposit("a", "k2", 200);
    private static final Told REFUSED = new Told.Refused("journal-away");
    private static final Told UNKNOWN = new Told.Unknown("outcome-unknown");

    @Test void accepts_what_was_acknowledged_and_is_stored() {
        assertThat(broken(log(told(FIRST, accepted(1, "k1", "1.00")), told(SECOND, accepted(2, "k2", "2.00"))),
                stored(1, "k1", "1.00"), stored(2, "k2", "2.00"))).isEmpty();
    }

    @Test void accepts_an_unknown_outcome_that_was_stored_and_then_acknowledged() {
        assertThat(broken(log(told(FIRST, UNKNOWN), told(FIRST, REFUSED), told(FIRST, accepted(1, "k1", "1.00"))),
                stored(1, "k1", "1.00"))).isEmpty();
    }

    @Test void sees_an_acknowledged_command_that_is_lost() {
        assertThat(broken(log(told(FIRST, accepted(1, "k1", "1.00"))))).singleElement()
                .asString()
                .contains("the journal has nothing of it");
    }

    @Test void sees_an_answer_that_differs_from_what_is_stored() {
        assertThat(broken(log(told(FIRST, accepted(2, "k1", "1.00"))), stored(1, "k1", "1.00"))).isNotEmpty();
        assertThat(broken(log(told(FIRST, accepted(1, "k1", "1.01"))), stored(1, "k1", "1.00"))).isNotEmpty();
    }

    @Test void names_the_transfer_whose_money_was_taken_and_paid_in_nowhere_with_all_that_was_told() {
        Command taken = Command.withdraw("a", "k1", 100);
        Checker checker = new Checker(
                log(told(taken, UNKNOWN), told(taken, new Told.Rejected("insufficient-funds"))),
                List.of(new StoredEvent("a", 1, "withdrawn", "k1", BigDecimal.ONE, UUID.randomUUID()),
                        new StoredEvent("a", 2, "withdrawn", "k2", BigDecimal.ONE, UUID.randomUUID()),
                        new StoredEvent("b", 1, "deposited", "k2.onwards", BigDecimal.ONE, UUID.randomUUID()),
                        new StoredEvent("s", 1, "withdrawn", "k3", BigDecimal.ONE, UUID.randomUUID())),
                Set.of());

        assertThat(checker.unended(List.of("a", "b"))).singleElement()
                .asString()
                .contains("k1 took 1 of a (1)", "outcome-unknown", "insufficient-funds");
    }

    @Test void sees_two_effects_of_one_command() {
        assertThat(broken(log(told(FIRST, accepted(1, "k1", "1.00"))), stored(1, "k1", "1.00"),
                stored(2, "k1", "1.00"))).containsExactly("the command k1 has 2 effects");
    }

    @Test void sees_two_answers_to_one_command() {
        assertThat(broken(log(told(FIRST, accepted(1, "k1", "1.00")), told(FIRST, accepted(2, "k1", "1.00"))),
                stored(1, "k1", "1.00"))).anyMatch(line -> line.contains("different answers"));
    }

    @Test void sees_a_rejection_of_what_was_accepted_before_and_accepts_one_that_was_sent_meanwhile() {
        Told no = new Told.Rejected("insufficient-funds");
        Attempt acceptance = new Attempt(FIRST, 1, 0, 10, accepted(1, "k1", "1.00"));
        assertThat(broken(log(acceptance, new Attempt(FIRST, 1, 9, 12, no)), stored(1, "k1", "1.00"))).isEmpty();
        assertThat(broken(log(acceptance, new Attempt(FIRST, 1, 11, 12, no)), stored(1, "k1", "1.00")))
                .containsExactly(
                        "k1 was accepted and, when it was sent again after that, rejected as insufficient-funds");
    }

    @Test void sees_a_gap_and_a_sequence_that_is_there_twice() {
        List<Attempt> both = log(told(FIRST, accepted(1, "k1", "1.00")), told(SECOND, UNKNOWN), told(SECOND, UNKNOWN),
                told(SECOND, new Told.Rejected("closed")));
        assertThat(broken(both, stored(1, "k1", "1.00"), stored(3, "k2", "2.00")))
                .containsExactly("a has sequence 3 where 2 belongs");
        assertThat(broken(both, stored(1, "k1", "1.00"), stored(1, "k2", "2.00")))
                .containsExactly("a has sequence 1 where 2 belongs");
    }

    @Test void sees_what_was_stored_although_all_were_told_that_it_was_not() {
        assertThat(broken(log(told(FIRST, REFUSED), told(FIRST, new Told.Rejected("closed"))), stored(1, "k1", "1.00")))
                .containsExactly("k1 was told that nothing was stored, and it is");
    }

    @Test void sees_a_replay_of_what_all_before_were_told_was_not_stored() {
        Attempt refused = new Attempt(FIRST, 1, 0, 10, REFUSED);
        Attempt replay = new Attempt(FIRST, 2, 20, 30, replay(1, "k1", "1.00"));
        String lie = "k1 was first accepted as a replay, and all who had sent it were told that nothing was stored";

        assertThat(broken(log(refused, replay), stored(1, "k1", "1.00"))).containsExactly(lie);
        assertThat(broken(log(refused, new Attempt(FIRST, 1, 15, 40, REFUSED), replay), stored(1, "k1", "1.00")))
                .containsExactly(lie);
        assertThat(broken(log(refused, replay, new Attempt(FIRST, 3, 31, 40, UNKNOWN)), stored(1, "k1", "1.00")))
                .containsExactly(lie);
    }

    @Test void accepts_a_replay_of_what_somebody_may_have_stored() {
        Attempt refused = new Attempt(FIRST, 1, 0, 10, REFUSED);
        Attempt replay = new Attempt(FIRST, 2, 20, 30, replay(1, "k1", "1.00"));
        Attempt givenUp = new Attempt(FIRST, 1, 1, 9, UNKNOWN);
        Attempt meanwhileGivenUp = new Attempt(FIRST, 1, 25, 45, UNKNOWN);
        Attempt meanwhileStored = new Attempt(FIRST, 1, 25, 31, accepted(1, "k1", "1.00"));

        for (Attempt other : log(givenUp, meanwhileGivenUp, meanwhileStored)) {
            assertThat(broken(log(refused, other, replay), stored(1, "k1", "1.00"))).isEmpty();
        }
        assertThat(broken(log(refused, new Attempt(FIRST, 2, 11, 12, accepted(1, "k1", "1.00")), replay),
                stored(1, "k1", "1.00"))).isEmpty();
    }

    @Test void sees_an_event_that_nobody_asked_for_unless_it_was_planted() {
        StoredEvent foreign = stored(1, "k9", "1.00");

        assertThat(broken(log(), foreign)).singleElement().asString().contains("of no command that was sent");
        assertThat(new Checker(log(), List.of(foreign), Set.of(foreign.causation())).journal()).isEmpty();
    }

    @Test void sees_a_command_that_stayed_uncertain_and_an_answer_that_nobody_should_get() {
        assertThat(broken(log(told(FIRST, UNKNOWN)))).singleElement()
                .asString()
                .contains("never told anything certain");
        assertThat(broken(log(told(FIRST, new Told.Wrong(500, "a bug"))))).containsExactly(
                "k1 was answered with 500: a bug");
    }

    @Test void accepts_a_command_that_was_refused_once_and_given_up_and_sees_one_that_was_refused_to_the_end() {
        assertThat(broken(log(told(FIRST, REFUSED)))).isEmpty();
        assertThat(broken(log(told(FIRST, REFUSED), new Attempt(FIRST, 2, 2, 3, REFUSED)))).singleElement()
                .asString()
                .contains("never told anything certain");
    }

    @Test void folds_the_journal() {
        Checker checker = new Checker(log(), List.of(stored(1, "k1", "1.00"), stored(2, "k2", "2.50")), Set.of());

        assertThat(checker.history().get("a")).hasSize(2);
        assertThat(checker.history().get("a").getFirst().isAs(new ViewState(1, BigDecimal.ONE))).isTrue();
        assertThat(checker.fold()).containsOnlyKeys("a");
        assertThat(checker.fold().get("a").isAs(new ViewState(2, new BigDecimal("3.5")))).isTrue();
        assertThat(checker.postings()).containsOnlyKeys("k1", "k2").containsEntry("k2", 1L);
    }

    private static List<String> broken(List<Attempt> log, StoredEvent... events) {
        return new Checker(log, Arrays.asList(events), Set.of()).journal();
    }

    private static List<Attempt> log(Attempt... attempts) {
        return Arrays.asList(attempts);
    }

    private static Attempt told(Command command, Told told) {
        return new Attempt(command, 1, 0, 1, told);
    }

    private static Told accepted(long version, String mark, String amount) {
        return accepted(version, mark, amount, false);
    }

    private static Told replay(long version, String mark, String amount) {
        return accepted(version, mark, amount, true);
    }

    private static Told accepted(long version, String mark, String amount, boolean replayed) {
        return new Told.Accepted(version, "token",
                "[{\"type\":\"deposited\",\"sequence\":%d,\"data\":{\"amount\":\"%s\",\"reference\":\"%s\"}}]"
                        .formatted(version, amount, mark),
                replayed);
    }

    private static StoredEvent stored(long sequence, String mark, String amount) {
        return new StoredEvent("a", sequence, "deposited", mark, new BigDecimal(amount), new UUID(7, sequence));
    }
}

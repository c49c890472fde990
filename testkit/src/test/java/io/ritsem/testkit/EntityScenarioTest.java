package io.ritsem.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.Name;
import io.ritsem.domain.Version;
import io.ritsem.testkit.Counter.Command.Add;
import io.ritsem.testkit.Counter.Command.AddTwice;
import io.ritsem.testkit.Counter.Command.Stamp;
import io.ritsem.testkit.Counter.Event.Added;
import io.ritsem.testkit.Counter.Event.Stamped;
import io.ritsem.testkit.Counter.State;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EntityScenarioTest {

    @Name("added")
    @Version(7)
    record AddedV7(int twice) {}

    private static final Application APPLICATION = app -> app.entity("counter", new Counter())
            .upcast(AddedV7.class, old -> List.of(new Added(old.twice()), new Added(old.twice())));

    @Test void a_past_as_it_was_stored_is_read_as_the_application_says_and_counts_as_it_was_stored() {
        EntityScenario.of(APPLICATION, Counter.class)
                .givenStored("added", 7, "{\"twice\":2}")
                .givenStored("added", 1, "{\"amount\":1}")
                .given(new Added(3))
                .thenState(new State(8, 4))
                .when(new Stamp())
                .then(new Stamped("an-id", 3, Defaults.TIME, null));
    }

    @Test void a_stored_event_that_nothing_reads_is_told() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntityScenario.of(APPLICATION, Counter.class).givenStored("lost", 1, "{}"))
                .withMessageStartingWith("Nothing reads counter.lost/1; this release reads [added/1");
        assertThatIllegalStateException()
                .isThrownBy(() -> EntityScenario.of(new Counter()).givenStored("added", 1, "{}"))
                .withMessageEndingWith("begin with EntityScenario.of(new YourApplication(), Counter.class)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntityScenario.of(_ -> {}, Counter.class))
                .withMessage("the application defines 0 entity types by %s, not one: []", Counter.class.getName());
    }

    private final EntityScenario<Counter.Command, Counter.Event, State> counter = EntityScenario.of(new Counter());
    private final EntityScenario<Counter.Command, Counter.Event, State> atSeven = counter.given(new Added(3),
            new Added(4));

    @Test void given_when_then_reads_as_a_sentence() {
        atSeven.when(new Add(2)).then(new Added(2));
    }

    @Test void a_decision_may_have_several_events() {
        counter.when(new AddTwice(2)).then(new Added(2), new Added(2)).thenState(new State(4, 2));
    }

    @Test void a_scenario_can_be_shared_since_no_step_changes_it() {
        atSeven.when(new Add(3)).then(new Added(3));
        atSeven.when(new Add(3)).then(new Added(3)).thenState(new State(10, 3));
        atSeven.thenState(new State(7, 2));
    }

    @Test void a_chain_goes_on_from_what_the_last_command_left() {
        atSeven.when(new Add(4))
                .thenRejected("too-much")
                .thenState(new State(7, 2))
                .when(new Add(3))
                .then(new Added(3))
                .thenReply(10)
                .when(new Add(0))
                .thenNothing()
                .thenState(new State(10, 3));
    }

    @Test void a_chain_may_go_on_with_more_of_the_past() {
        atSeven.when(new Add(4))
                .thenRejected("too-much")
                .given(new Added(1))
                .thenState(new State(8, 3))
                .when(new Add(2))
                .then(new Added(2))
                .given(new Added(0))
                .thenState(new State(10, 5));
    }

    @Test void the_context_says_id_version_time_and_caller() {
        Instant noon = Instant.parse("2026-11-21T12:00:00Z");

        atSeven.withId("c1")
                .at(noon)
                .by("alice")
                .when(new Stamp())
                .then(new Stamped("c1", 2, noon, "alice"))
                .by("bob")
                .when(new Stamp())
                .then(new Stamped("c1", 3, noon, "bob"))
                .at(noon.plusSeconds(1))
                .when(new Stamp())
                .then(new Stamped("c1", 4, noon.plusSeconds(1), "bob"));
    }

    @Test void what_is_not_said_has_a_value_all_the_same() {
        counter.when(new Stamp()).then(new Stamped("an-id", 0, Instant.parse("2000-01-01T00:00:00Z"), null));
    }

    @Test void a_wrong_event_fails() {
        assertFails(() -> counter.when(new AddTwice(2)).then(new Added(2), new Added(3)),
                """
                not the expected events (- expected, + actual)
                    when AddTwice[amount=2]
                    on State[total=0, events=0]
                      Added[amount=2]
                    - Added[amount=3]
                    + Added[amount=2]""");
    }

    @Test void a_missing_event_fails() {
        assertFails(() -> counter.when(new Add(2)).then(new Added(2), new Added(2)),
                """
                not the expected events (- expected, + actual)
                    when Add[amount=2]
                    on State[total=0, events=0]
                      Added[amount=2]
                    - Added[amount=2]""");
    }

    @Test void an_event_too_many_fails() {
        assertFails(() -> counter.when(new AddTwice(2)).then(new Added(2)),
                """
                not the expected events (- expected, + actual)
                    when AddTwice[amount=2]
                    on State[total=0, events=0]
                      Added[amount=2]
                    + Added[amount=2]""");
    }

    @Test void a_rejection_in_place_of_events_fails() {
        assertFails(() -> atSeven.when(new Add(4)).then(new Added(4)), """
                                                                       not the expected decision (- expected, + actual)
                                                                           when Add[amount=4]
                                                                           on State[total=7, events=2]
                                                                           - Added[amount=4]
                                                                           + a rejection: too-much
                                                                           +     ten is the end""");
    }

    @Test void an_event_in_place_of_nothing_fails() {
        assertFails(() -> counter.when(new Add(1)).thenNothing(), """
                                                                  not the expected events (- expected, + actual)
                                                                      when Add[amount=1]
                                                                      on State[total=0, events=0]
                                                                      - nothing
                                                                      + Added[amount=1]""");
    }

    @Test void a_rejection_in_place_of_nothing_fails() {
        assertFails(() -> counter.when(new Add(11)).thenNothing(), """
                                                                   not the expected decision (- expected, + actual)
                                                                       when Add[amount=11]
                                                                       on State[total=0, events=0]
                                                                       - nothing to record
                                                                       + a rejection: too-much
                                                                       +     ten is the end""");
    }

    @Test void events_in_place_of_a_rejection_fail() {
        assertFails(() -> atSeven.when(new Add(3)).thenRejected("too-much"),
                """
                not the expected decision (- expected, + actual)
                    when Add[amount=3]
                    on State[total=7, events=2]
                    - a rejection: too-much
                    + Added[amount=3]""");
    }

    @Test void a_rejection_with_another_code_fails() {
        assertFails(() -> atSeven.when(new Add(4)).thenRejected("too-little"),
                """
                not the expected rejection code (- expected, + actual)
                    when Add[amount=4]
                    on State[total=7, events=2]
                    - too-little
                    + too-much""");
    }

    @Test void a_rejection_with_other_details_fails() {
        atSeven.when(new Add(4)).thenRejected("too-much", Map.of("left", 3));

        assertFails(() -> atSeven.when(new Add(4)).thenRejected("too-much", Map.of("left", 2)),
                """
                not the expected rejection details (- expected, + actual)
                    when Add[amount=4]
                    on State[total=7, events=2]
                    - left = 2
                    + left = 3""");
    }

    @Test void another_reply_fails() {
        assertFails(() -> counter.when(new Add(4)).thenReply(5), """
                                                                 not the expected reply (- expected, + actual)
                                                                     when Add[amount=4]
                                                                     on State[total=0, events=0]
                                                                     - 5
                                                                     + 4""");
    }

    @Test void no_reply_fails() {
        assertFails(() -> counter.when(new AddTwice(4)).thenReply(8), """
                                                                      not the expected reply (- expected, + actual)
                                                                          when AddTwice[amount=4]
                                                                          on State[total=0, events=0]
                                                                          - 8
                                                                          + nothing""");
    }

    @Test void another_state_fails_and_is_shown_by_component() {
        assertFails(() -> counter.when(new Add(4)).thenState(new State(5, 1)),
                """
                not the expected state (- expected, + actual)
                    when Add[amount=4]
                    on State[total=0, events=0]
                      State
                    -     total = 5
                    +     total = 4
                          events = 1""");
    }

    @Test void another_state_after_given_events_fails() {
        assertFails(() -> atSeven.thenState(new State(7, 1)), """
                                                              not the expected state (- expected, + actual)
                                                                    State
                                                                        total = 7
                                                                  -     events = 1
                                                                  +     events = 2""");
    }

    @Test void values_that_print_alike_but_differ_are_told_apart() {
        assertFails(() -> counter.when(new Add(4)).thenReply(4L), """
                                                                  not the expected reply (- expected, + actual)
                                                                      when Add[amount=4]
                                                                      on State[total=0, events=0]
                                                                        4
                                                                      both print alike, but they are not equal""");
    }

    private static void assertFails(ThrowingCallable expectation, String message) {
        assertThatThrownBy(expectation).isExactlyInstanceOf(AssertionError.class).hasMessage(message);
    }
}

package io.ritsem.runtime.application;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Name;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EventVersionsTest {

    record Count(int by) {}

    sealed interface Event {
        @Version(3)
        record Counted(int by, String why) implements Event {}

        record Cleared() implements Event {}
    }

    record Total(int value, String whys) {}

    @Name("counted")
    record CountedV1(int by) {}

    @Name("counted")
    @Version(2)
    record CountedV2(int from, int to) {}

    @Name("counted")
    @Version(4)
    record CountedV4(int by, String because) {}

    record Reset() {}

    record Noted(String note) {}

    static final class Counter implements Entity<Count, Event, Total> {
        @Override public Total initial() {
            return new Total(0, "");
        }

        @Override public Decision<? extends Event> decide(Total total, Count count, Context context) {
            return Decision.nothing();
        }

        @Override public Total evolve(Total total, Event event) {
            return switch (event) {
                case Event.Counted(var by, var why) -> new Total(total.value() + by, total.whys() + why);
                case Event.Cleared() -> new Total(0, total.whys());
            };
        }
    }

    static EntityDefinition<Count, Event, Total> counter(Definition app) {
        return app.entity("counter", new Counter());
    }

    static void withPast(Definition app) {
        counter(app).upcast(CountedV1.class, old -> List.of(new Event.Counted(old.by(), "?")))
                .upcast(CountedV2.class, old -> List.of(new Event.Cleared(), new Event.Counted(old.to(), "=")))
                .upcast(CountedV4.class, next -> List.of(new Event.Counted(next.by(), next.because())))
                .upcast(Reset.class, _ -> List.of(new Event.Cleared()))
                .upcast(Noted.class, _ -> List.of());
    }

    @SuppressWarnings("unchecked") private final EntityModel<Count, Event, Total> model = (EntityModel<Count, Event, Total>) ApplicationModel
            .of(EventVersionsTest::withPast)
            .entity("counter");

    @Test void an_old_version_is_read_as_one_or_several_current_events_or_none() {
        assertThat(read("counted", 1, "{\"by\":2}")).containsExactly(new Event.Counted(2, "?"));
        assertThat(read("counted", 2, "{\"from\":2,\"to\":5}")).containsExactly(new Event.Cleared(),
                new Event.Counted(5, "="));
        assertThat(read("counted", 3, "{\"by\":2,\"why\":\"x\"}")).containsExactly(new Event.Counted(2, "x"));
        assertThat(read("noted", 1, "{\"note\":\"x\"}")).isEmpty();
        assertThat(read("reset", 1, "{}")).containsExactly(new Event.Cleared());
    }

    @Test void a_newer_version_is_read_as_the_current_one_before_any_release_writes_it() {
        assertThat(read("counted", 4, "{\"by\":2,\"because\":\"x\"}")).containsExactly(new Event.Counted(2, "x"));
        assertThat(model.versionOf(new Event.Counted(2, "x"))).isEqualTo(3);
    }

    @Test void the_state_is_folded_over_all_that_a_stored_event_stands_for() {
        Total total = model.evolve(new Total(1, ""), "counted", 1, bytes("{\"by\":2}"));
        assertThat(total).isEqualTo(new Total(3, "?"));
        assertThat(model.evolve(total, "counted", 2, bytes("{\"from\":3,\"to\":9}"))).isEqualTo(new Total(9, "?="));
        assertThat(model.evolve(total, "noted", 1, bytes("{\"note\":\"x\"}"))).isEqualTo(total);
    }

    @Test void what_nobody_reads_is_refused_with_what_is_read() {
        assertThat(model.reads("counted", 2)).isTrue();
        assertThat(model.reads("counted", 5)).isFalse();
        assertThat(model.reads("lost", 1)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> read("counted", 5, "{}"))
                .withMessage("Nothing reads counter.counted/5; this release reads "
                        + "[counted/3, cleared/1, counted/1, counted/2, counted/4, reset/1, noted/1]");
    }

    @Test void a_stored_event_without_a_field_is_refused_by_its_name_and_the_fields() {
        assertThatIllegalArgumentException().isThrownBy(() -> read("counted", 3, "{\"bye\":2,\"because\":\"x\"}"))
                .withMessage("A stored counter.counted/3 is not what its record reads: /by: must be there; "
                        + "/why: must be there");
    }

    @Name("counted")
    @Version(1)
    record CountedOnce(int by) {}

    @Name("cleared")
    record ClearedToo() {}

    @Version(0)
    record Nought() {}

    record Unreadable(float share) {}

    @Test void an_upcaster_that_cannot_be_is_one_sentence() {
        assertRefused(app -> counter(app).upcast(CountedV1.class, _ -> List.of())
                .upcast(CountedOnce.class, _ -> List.of()),
                CountedOnce.class.getName() + " is a second upcaster of counted/1: there can only be one");
        assertRefused(app -> counter(app).upcast(ClearedToo.class, _ -> List.of()), ClearedToo.class.getName()
                + " cannot be upcast: cleared/1 is current; its @Name and @Version must be those of another version");
        assertRefused(app -> counter(app).upcast(Nought.class, _ -> List.of()),
                "The version of " + Nought.class.getName() + " must be at least 1, but is 0");
        assertRefused(app -> counter(app).upcast(Record.class, _ -> List.of()),
                "java.lang.Record must be a record to be upcast");
        assertRefused(app -> counter(app).upcast(Unreadable.class, _ -> List.of()),
                Unreadable.class.getName() + ".share has no JSON form as a float");
    }

    sealed interface Crowded {
        record Opened(String by) implements Crowded {}

        @Name("opened")
        @Version(2)
        record OpenedAgain(String by) implements Crowded {}
    }

    static final class Door implements Entity<Count, Crowded, Total> {
        @Override public Total initial() {
            return new Total(0, "");
        }

        @Override public Decision<Crowded> decide(Total total, Count count, Context context) {
            return Decision.nothing();
        }

        @Override public Total evolve(Total total, Crowded event) {
            return total;
        }
    }

    @Test void an_old_version_among_the_current_events_is_told_where_it_belongs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApplicationModel.of(app -> app.entity("door", new Door())))
                .withMessageContaining("take it out of " + Crowded.class.getName() + " and upcast it");
    }

    @Version(2)
    record CountTwice(int by) {}

    @Version(2)
    record TotalAgain(int value) {}

    sealed interface Reason {
        @Version(2)
        record Because(String of) implements Reason {}
    }

    @Version(2)
    sealed interface Act {
        record Done() implements Act {}
    }

    record Acted(Act act) {}

    record Reasoned(List<Reason> reasons) {}

    record Kept(Event.Counted last) {}

    /** What an entity with other types does: nothing. */
    interface Idle<C, E, S> extends Entity<C, E, S> {
        @Override default Decision<E> decide(S state, C command, Context context) {
            return Decision.nothing();
        }

        @Override default S evolve(S state, E event) {
            return state;
        }
    }

    record OfCommand(Total initial) implements Idle<CountTwice, Event, Total>, Entity<CountTwice, Event, Total> {}

    record WithinCommand(Total initial) implements Idle<Reasoned, Event, Total>, Entity<Reasoned, Event, Total> {}

    record OfInterface(Total initial) implements Idle<Count, Act, Total>, Entity<Count, Act, Total> {}

    record OfInnerInterface(Total initial) implements Idle<Acted, Event, Total>, Entity<Acted, Event, Total> {}

    record WithinEvent(Total initial) implements Idle<Count, Reasoned, Total>, Entity<Count, Reasoned, Total> {}

    record OfState(TotalAgain initial) implements Idle<Count, Event, TotalAgain>, Entity<Count, Event, TotalAgain> {}

    record KeptInState(Kept initial) implements Idle<Count, Event, Kept>, Entity<Count, Event, Kept> {}

    @Test void a_version_on_what_is_no_event_is_refused_and_named() {
        Total zero = new Total(0, "");
        assertRefused(app -> app.entity("counter", new OfCommand(zero)), misplaced(CountTwice.class));
        assertRefused(app -> app.entity("counter", new WithinCommand(zero)), misplaced(Reason.Because.class));
        assertRefused(app -> app.entity("counter", new OfInterface(zero)), misplaced(Act.class));
        assertRefused(app -> app.entity("counter", new OfInnerInterface(zero)), misplaced(Act.class));
        assertRefused(app -> app.entity("counter", new WithinEvent(zero)), misplaced(Reason.Because.class));
        assertRefused(app -> app.entity("counter", new OfState(new TotalAgain(0))), misplaced(TotalAgain.class));
        assertRefused(app -> counter(app).upcast(Reasoned.class, _ -> List.of()), misplaced(Reason.Because.class));
        assertThatIllegalArgumentException().isThrownBy(() -> ApplicationModel.of(app -> {
            counter(app);
            app.view("counts", new Counts()).of("counter");
        })).withMessage("The view 'counts' cannot be served: " + misplaced(TotalAgain.class));
    }

    static final class Counts implements EntityView<Event, TotalAgain> {
        @Override public TotalAgain apply(@Nullable TotalAgain row, Event event, Recorded recorded) {
            return new TotalAgain(1);
        }
    }

    @Test void an_event_may_be_kept_in_a_state_with_its_version() {
        Kept none = new Kept(new Event.Counted(0, ""));
        assertThat(ApplicationModel.of(app -> app.entity("counter", new KeptInState(none)))
                .entity("counter")).isNotNull();
    }

    private static String misplaced(Class<?> type) {
        return type.getName()
                + " has a @Version, but it is no event's record, and only those are stored with a version: "
                + "take it off";
    }

    private static void assertRefused(Application application, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> ApplicationModel.of(application))
                .withMessageStartingWith("The entity type 'counter' cannot be served: " + why);
    }

    private List<Event> read(String event, int version, String json) {
        return model.decodeEvent(event, version, bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(UTF_8);
    }
}

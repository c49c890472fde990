package io.ritsem.testkit;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.Name;
import io.ritsem.domain.Version;

/** A safe in several releases: what its events were, and what they became. */
interface Safe<E> extends Entity<Safe.Turn, E, Safe.State> {

    record Turn() {}

    record State() {}

    @Override default State initial() {
        return new State();
    }

    @Override default Decision<? extends E> decide(State state, Turn turn, Context context) {
        return Decision.nothing();
    }

    @Override default State evolve(State state, E event) {
        return state;
    }

    sealed interface FirstEvent {
        record PutIn(String what, BigDecimal worth) implements FirstEvent {}

        record Opened() implements FirstEvent {}
    }

    final class First implements Safe<FirstEvent>, Entity<Turn, FirstEvent, State> {}

    sealed interface WidenedEvent {
        record PutIn(Optional<Long> weight, BigDecimal worth, String what) implements WidenedEvent {}

        record Opened() implements WidenedEvent {}
    }

    final class Widened implements Safe<WidenedEvent>, Entity<Turn, WidenedEvent, State> {}

    sealed interface ForgetfulEvent {
        record PutIn(BigDecimal worth) implements ForgetfulEvent {}

        record Opened() implements ForgetfulEvent {}
    }

    final class Forgetful implements Safe<ForgetfulEvent>, Entity<Turn, ForgetfulEvent, State> {}

    sealed interface RemindedEvent {
        record PutIn(BigDecimal worth, Optional<Long> what) implements RemindedEvent {}

        record Opened() implements RemindedEvent {}
    }

    final class Reminded implements Safe<RemindedEvent>, Entity<Turn, RemindedEvent, State> {}

    sealed interface BrokenEvent {
        record PutIn(String what, BigDecimal worth, String owner) implements BrokenEvent {}
    }

    final class Broken implements Safe<BrokenEvent>, Entity<Turn, BrokenEvent, State> {}

    sealed interface SecondEvent {
        @Version(2)
        record PutIn(String what, BigDecimal worth, String owner) implements SecondEvent {}
    }

    final class Second implements Safe<SecondEvent>, Entity<Turn, SecondEvent, State> {}

    @Name("put-in")
    @Version(1)
    record PutInV1(String what, BigDecimal worth) {}

    @Name("put-in")
    @Version(1)
    record PutInMisread(String what, boolean worth) {}

    @Name("put-in")
    @Version(2)
    record PutInV2(String what, BigDecimal worth, Optional<String> owner) {}

    record Opened() {}

    sealed interface RichEvent {
        record Counted(int pieces, long grams, boolean sealed, Instant at, List<Item> items,
                Map<String, BigDecimal> worths,
                Optional<Mood> mood, Optional<Integer> again, List<How> hows) implements RichEvent {}
    }

    record Item(String name, Optional<java.util.UUID> id, java.time.LocalDate day) {}

    enum Mood {
        GOOD, BAD
    }

    sealed interface How {
        record ByHand(String whose) implements How {}

        @Name("by-machine")
        record Mechanically() implements How {}
    }

    final class Rich implements Safe<RichEvent>, Entity<Turn, RichEvent, State> {}
}

package io.ritsem.chaos.releases;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;

import static io.ritsem.domain.Decision.accept;

/** A voucher, which only the second release knows. */
final class Voucher implements Entity<Voucher.Command, Voucher.Event, Voucher.Issued> {

    sealed interface Command {
        record Issue(String to) implements Command {}
    }

    sealed interface Event {
        record WasIssued(String to) implements Event {}
    }

    record Issued(String to) {}

    static final class Vouchers implements EntityView<Event, Issued> {

        @Override public Issued apply(@Nullable Issued row, Event event, Recorded recorded) {
            return switch (event) {
                case Event.WasIssued(String to) -> new Issued(to);
            };
        }
    }

    @Override public Issued initial() {
        return new Issued("");
    }

    @Override public Decision<? extends Event> decide(Issued issued, Command command, Context context) {
        return switch (command) {
            case Command.Issue(String to) -> accept(new Event.WasIssued(to));
        };
    }

    @Override public Issued evolve(Issued issued, Event event) {
        return switch (event) {
            case Event.WasIssued(String to) -> new Issued(to);
        };
    }
}

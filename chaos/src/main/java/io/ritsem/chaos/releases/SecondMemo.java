package io.ritsem.chaos.releases;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;

import static io.ritsem.domain.Decision.accept;

/** A memo, as the second release knows it: it can be amended, too. */
final class SecondMemo implements Entity<SecondMemo.Command, SecondMemo.Event, SecondMemo.Memo> {

    sealed interface Command {
        record Write(String text) implements Command {}

        record Amend(String by) implements Command {}
    }

    sealed interface Event {
        record Written(String text) implements Event {}

        record Amended(String by) implements Event {}
    }

    record Memo(String text) {}

    static final class Memos implements EntityView<Event, Memo> {

        @Override public Memo apply(@Nullable Memo row, Event event, Recorded recorded) {
            return after(row == null ? new Memo("") : row, event);
        }
    }

    @Override public Memo initial() {
        return new Memo("");
    }

    @Override public Decision<? extends Event> decide(Memo memo, Command command, Context context) {
        return switch (command) {
            case Command.Write(String text) -> accept(new Event.Written(text));
            case Command.Amend(String by) -> accept(new Event.Amended(by));
        };
    }

    @Override public Memo evolve(Memo memo, Event event) {
        return after(memo, event);
    }

    private static Memo after(Memo memo, Event event) {
        return switch (event) {
            case Event.Written(String text) -> new Memo(text);
            case Event.Amended(String by) -> new Memo(memo.text() + by);
        };
    }
}

package io.ritsem.chaos.releases;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;

import static io.ritsem.domain.Decision.accept;

/** A memo, as the first release knows it: it is written. */
final class FirstMemo implements Entity<FirstMemo.Command, FirstMemo.Event, FirstMemo.Memo> {

    sealed interface Command {
        record Write(String text) implements Command {}
    }

    sealed interface Event {
        record Written(String text) implements Event {}
    }

    record Memo(String text) {}

    static final class Memos implements EntityView<Event, Memo> {

        @Override public Memo apply(@Nullable Memo row, Event event, Recorded recorded) {
            return switch (event) {
                case Event.Written(String text) -> new Memo(text);
            };
        }
    }

    @Override public Memo initial() {
        return new Memo("");
    }

    @Override public Decision<? extends Event> decide(Memo memo, Command command, Context context) {
        return switch (command) {
            case Command.Write(String text) -> accept(new Event.Written(text));
        };
    }

    @Override public Memo evolve(Memo memo, Event event) {
        return switch (event) {
            case Event.Written(String text) -> new Memo(text);
        };
    }
}

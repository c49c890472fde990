package io.ritsem.http.admin;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.engine.DeadLetters.Action;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.JournalReader.Place;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Violation;

/** The body that skips a dead letter: that of an action, and if it is wanted which event it must be. Stateless. */
final class SkipBody {

    record Skipped(@Nullable String entity, @Nullable Long sequence, String reason) implements ActionBody.Reasoned {}

    private static final JsonType<Skipped> TYPE = JsonType.of(Skipped.class);

    private SkipBody() {}

    /** @throws ProblemException 400 if it is not valid */
    static Action read(Exchange exchange) {
        Skipped body = ActionBody.read(exchange, TYPE);
        @Nullable String entity = body.entity();
        @Nullable Long sequence = body.sequence();
        if (entity == null && sequence == null) {
            return new Action.Skip(null, body.reason());
        }
        if (entity == null || sequence == null) {
            throw ActionBody.invalid(List.of(new Violation(entity == null ? "/entity" : "/sequence", "missing",
                    "entity and sequence name an event together")));
        }
        try {
            return new Action.Skip(new Place(EntityId.ofPersistenceId(entity), sequence), body.reason());
        } catch (IllegalArgumentException e) {
            throw ActionBody.invalid(
                    List.of(new Violation("/entity", "invalid", "must be type|id, such as account|ada")));
        }
    }
}

package io.ritsem.http.entity;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.journal.EntityId;

/** Which entity a request means, if the application knows its type. Thread-safe. */
public final class EntityAddresses {

    private final ApplicationModel application;

    public EntityAddresses(ApplicationModel application) {
        this.application = application;
    }

    /** @throws ProblemException 404 for a type that is not there, 400 for an id that cannot be */
    public EntityId of(String type, String id) {
        model(type);
        return entity(type, id);
    }

    /** @throws ProblemException 404 for a type or command that is not there, 400 for an id that cannot be */
    public EntityId of(String type, String id, String command) {
        EntityModel<?, ?, ?> model = model(type);
        if (model.command(command) == null) {
            throw new ProblemException(Problem.unknownCommand(type, command, model.commands().keySet()));
        }
        return entity(type, id);
    }

    private EntityModel<?, ?, ?> model(String type) {
        @Nullable EntityModel<?, ?, ?> model = application.entity(type);
        if (model == null) {
            throw new ProblemException(
                    Problem.unknown("unknown-type", "entity type", type, application.entities().keySet()));
        }
        return model;
    }

    private static EntityId entity(String type, String id) {
        try {
            return new EntityId(type, id);
        } catch (IllegalArgumentException badId) {
            throw new ProblemException(
                    Problem.invalidRequest(List.of(InvalidInput.path("id", String.valueOf(badId.getMessage())))));
        }
    }
}

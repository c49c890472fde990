package io.ritsem.http.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.engine.Reason;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.json.InvalidJsonException;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Violation;

/** The bodies of actions. Stateless. */
final class ActionBody {

    private ActionBody() {}

    /** What every action says. */
    interface Reasoned {

        /** Why it is done, for the audit. */
        String reason();
    }

    /** An action that takes nothing else. */
    record Bare(String reason) implements Reasoned {}

    static final JsonType<Bare> REASON = JsonType.of(Bare.class);

    /**
     * The reason in the body.
     *
     * @throws ProblemException 400 if the body is not valid
     */
    static String reason(Exchange exchange) {
        return read(exchange, REASON).reason();
    }

    /**
     * Does what was asked for, whose end nobody knows if the database does not answer.
     *
     * @throws ProblemException 504 then
     */
    static <T extends @Nullable Object> T act(Exchange exchange, Supplier<T> action) {
        exchange.sendsCommands();
        try {
            return action.get();
        } catch (UnavailableException unanswered) {
            throw new ProblemException(Problem.of(504, Problem.OUTCOME_UNKNOWN,
                    "The database did not answer in time (%s): it may be done, or done in part; /api/admin/audit tells"
                            .formatted(unanswered.reason().replace('-', ' '))));
        }
    }

    /** @throws ProblemException 400 if the body is not valid */
    static <T extends Reasoned> T read(Exchange exchange, JsonType<T> type) {
        byte[] json = exchange.jsonBody();
        List<Violation> violations = new ArrayList<>();
        @Nullable T body = decode(json.length == 0 ? new byte[]{'{', '}'} : json, type, violations);
        if (body == null) {
            throw invalid(violations);
        }
        return body;
    }

    /** Null if anything is wrong, which is added to the violations. */
    static <T extends Reasoned> @Nullable T decode(byte[] json, JsonType<T> type, List<Violation> violations) {
        try {
            T body = type.decode(json);
            if (Reason.isRight(body.reason())) {
                return body;
            }
            violations.add(new Violation("/reason", "out-of-range", Reason.RIGHT));
        } catch (InvalidJsonException invalid) {
            violations.addAll(invalid.violations());
        }
        return null;
    }

    /** 400, for these. */
    static ProblemException invalid(List<Violation> violations) {
        return new ProblemException(
                Problem.invalidBody(violations.stream().map(InvalidInput::body).toList()));
    }
}

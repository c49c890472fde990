package io.ritsem.http.admin;

import java.util.ArrayList;
import java.util.List;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.engine.ViewControl;
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
    record Reason(String reason) implements Reasoned {}

    static final JsonType<Reason> REASON = JsonType.of(Reason.class);

    /**
     * The reason in the body.
     *
     * @throws ProblemException 400 if the body is not valid
     */
    static String reason(Exchange exchange) {
        return read(exchange, REASON).reason();
    }

    /** @throws ProblemException 400 if the body is not valid */
    static <T extends Reasoned> T read(Exchange exchange, JsonType<T> type) {
        byte[] json = exchange.jsonBody();
        List<Violation> violations = new ArrayList<>();
        try {
            T body = type.decode(json.length == 0 ? new byte[]{'{', '}'} : json);
            int length = body.reason().length();
            if (!body.reason().isBlank() && length <= ViewControl.LONGEST_REASON) {
                return body;
            }
            violations.add(new Violation("/reason", "out-of-range",
                    "must have 1 to %d characters and not be blank".formatted(ViewControl.LONGEST_REASON)));
        } catch (InvalidJsonException invalid) {
            violations.addAll(invalid.violations());
        }
        throw invalid(violations);
    }

    /** 400, for these. */
    static ProblemException invalid(List<Violation> violations) {
        return new ProblemException(
                Problem.invalidBody(violations.stream().map(InvalidInput::body).toList()));
    }
}

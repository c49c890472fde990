package io.ritsem.http.entity;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.QueryString;
import io.ritsem.http.server.QueryString.Parameter;

/** The parameters of a read; every mistake is gathered. Confined to its request. */
final class EntityParameters {

    private final Map<String, Parameter> values = new HashMap<>();
    private final List<InvalidInput> errors;

    /** @param known the names that there are */
    EntityParameters(QueryString query, List<String> known) {
        errors = new ArrayList<>(query.errors());
        for (Parameter parameter : query.parameters()) {
            if (!known.contains(parameter.name())) {
                wrong(Problem.shown(parameter.name()), "unknown", "is none of " + String.join(", ", known));
            } else if (values.putIfAbsent(parameter.name(), parameter) != null) {
                wrong(parameter.name(), "invalid", "must be there only once");
            }
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** A whole number within bounds, or what is usual if it is not there. */
    long number(String name, long usual, long least, long greatest) {
        @Nullable Parameter parameter = values.get(name);
        @Nullable Long number = parameter == null ? null : parameter.number(least, greatest, errors);
        return number == null ? usual : number;
    }

    /** A moment, or the epoch if it is not there. */
    Instant moment(String name) {
        @Nullable Parameter parameter = values.get(name);
        @Nullable Instant moment = parameter == null ? null : parameter.moment(errors);
        return moment == null ? Instant.EPOCH : moment;
    }

    void wrong(String parameter, String code, String message) {
        errors.add(InvalidInput.parameter(parameter, code, message));
    }

    /** @throws ProblemException 400 if anything is wrong */
    void check() {
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.invalidRequest(errors));
        }
    }
}

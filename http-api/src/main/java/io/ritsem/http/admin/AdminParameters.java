package io.ritsem.http.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.QueryString;

/** The parameters of a request of an operator; every mistake is gathered. Confined to its request. */
final class AdminParameters {

    private final Map<String, QueryString.Parameter> values = new HashMap<>();
    private final List<InvalidInput> errors;

    /** @param known the names that there are */
    AdminParameters(QueryString query, List<String> known) {
        errors = new ArrayList<>(query.errors());
        for (QueryString.Parameter parameter : query.parameters()) {
            if (!known.contains(parameter.name())) {
                wrong(Problem.shown(parameter.name()), "unknown", "is none of " + String.join(", ", known));
            } else if (values.putIfAbsent(parameter.name(), parameter) != null) {
                wrong(parameter.name(), "invalid", "must be there only once");
            }
        }
    }

    @Nullable String text(String name) {
        QueryString.@Nullable Parameter parameter = values.get(name);
        return parameter == null ? null : parameter.value();
    }

    /** A whole number from 1 on, or what is usual if it is not there. */
    long number(String name, long usual, long greatest) {
        QueryString.@Nullable Parameter parameter = values.get(name);
        @Nullable Long number = parameter == null ? null : parameter.number(1, greatest, errors);
        return number == null ? usual : number;
    }

    boolean flag(String name) {
        @Nullable String text = text(name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            wrong(name, "wrong-type", "must be true or false");
        }
        return "true".equals(text);
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

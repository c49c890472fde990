package io.ritsem.http.entity;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.problem.ProblemException;
import io.ritsem.http.server.QueryString;

/** The parameters of a read; every mistake is gathered. Confined to its request. */
final class EntityParameters {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int LAST_YEAR = 9999;

    private final Map<String, String> values = new HashMap<>();
    private final List<InvalidInput> errors;

    /** @param known the names that there are */
    EntityParameters(QueryString query, List<String> known) {
        errors = new ArrayList<>(query.errors());
        for (QueryString.Parameter parameter : query.parameters()) {
            if (!known.contains(parameter.name())) {
                wrong(Problem.shown(parameter.name()), "unknown", "is none of " + String.join(", ", known));
            } else if (values.putIfAbsent(parameter.name(), parameter.value()) != null) {
                wrong(parameter.name(), "invalid", "must be there only once");
            }
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** A whole number within bounds, or what is usual if it is not there. */
    long number(String name, long usual, long least, long greatest) {
        @Nullable String text = values.get(name);
        if (text == null) {
            return usual;
        }
        boolean number = NUMBER.matcher(text).matches();
        long value = number ? Long.parseLong(text) : usual;
        if (!number || value < least || value > greatest) {
            wrong(name, number ? "out-of-range" : "wrong-type", greatest == Long.MAX_VALUE
                    ? "must be a whole number, %d or more".formatted(least)
                    : "must be a whole number from %d to %d".formatted(least, greatest));
            return usual;
        }
        return value;
    }

    /** A moment, or the epoch if it is not there. */
    Instant moment(String name) {
        @Nullable String text = values.get(name);
        try {
            OffsetDateTime moment = text == null ? OffsetDateTime.MIN : OffsetDateTime.parse(text);
            if (moment.getYear() >= 1 && moment.getYear() <= LAST_YEAR) {
                return moment.toInstant();
            }
        } catch (DateTimeException malformed) {
            // the message below says what would be right
        }
        wrong(name, "wrong-type", "must be a moment such as 2026-11-21T09:30:00Z (a plus sign is written %2B)");
        return Instant.EPOCH;
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

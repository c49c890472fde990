package io.ritsem.http.command;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;
import io.ritsem.http.problem.Problem;
import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.QueryString;
import io.ritsem.runtime.gateway.CommandRequest.Precondition;

/**
 * What headers and parameters say about a command.
 *
 * @param key the idempotency key, or null
 */
record CommandOptions(@Nullable String key, Precondition precondition, boolean dryRun, boolean returnState) {

    static final int LONGEST_KEY = 255;

    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName PREFER = HeaderNames.create("Prefer");
    private static final Pattern VERSION = Pattern.compile("\"?([0-9]{1,18})\"?");
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"");
    private static final String DRY_RUN = "dryRun";

    /** Reads them; what is wrong joins the errors. */
    static CommandOptions of(Exchange exchange, List<InvalidInput> errors) {
        return new CommandOptions(key(exchange.headers(IDEMPOTENCY_KEY), errors), precondition(exchange, errors),
                dryRun(exchange.query(), errors), returnsRepresentation(exchange.headers(PREFER)));
    }

    private static @Nullable String key(List<String> values, List<InvalidInput> errors) {
        if (values.isEmpty()) {
            return null;
        }
        String name = IDEMPOTENCY_KEY.defaultCase();
        if (values.size() > 1) {
            errors.add(InvalidInput.header(name, "must be there only once"));
            return null;
        }
        String value = values.getFirst().strip();
        if (value.startsWith("\"")) {
            Matcher quoted = QUOTED.matcher(value);
            if (!quoted.matches()) {
                errors.add(InvalidInput.header(name, "begins with a quotation mark, but is no quoted string"));
                return null;
            }
            value = quoted.group(1).replaceAll("\\\\(.)", "$1");
        }
        if (!isKey(value)) {
            errors.add(InvalidInput.header(name, keyRule()));
        }
        return value;
    }

    static boolean isKey(String key) {
        return !key.isEmpty() && key.length() <= LONGEST_KEY && key.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    static String keyRule() {
        return "must have 1 to " + LONGEST_KEY + " printable ASCII characters";
    }

    private static Precondition precondition(Exchange exchange, List<InvalidInput> errors) {
        @Nullable String match = exchange.header(HeaderNames.IF_MATCH);
        @Nullable String noneMatch = exchange.header(HeaderNames.IF_NONE_MATCH);
        if (match != null && noneMatch != null) {
            errors.add(InvalidInput.header("If-Match", "cannot be combined with If-None-Match"));
            return Precondition.NONE;
        }
        if (noneMatch != null && !noneMatch.strip().equals("*")) {
            errors.add(InvalidInput.header("If-None-Match", "can only be *: the entity must not exist yet"));
        }
        if (match == null) {
            return noneMatch == null ? Precondition.NONE : new Precondition.Absent();
        }
        Matcher version = VERSION.matcher(match.strip());
        if (!version.matches()) {
            errors.add(InvalidInput.header("If-Match", "must be one version, as the ETag gives it, such as \"7\"; "
                    + "lists, weak tags and * are not possible"));
            return Precondition.NONE;
        }
        return new Precondition.Version(Long.parseLong(version.group(1)));
    }

    private static boolean dryRun(QueryString query, List<InvalidInput> errors) {
        errors.addAll(query.errors());
        @Nullable String dryRun = null;
        for (QueryString.Parameter parameter : query.parameters()) {
            if (!parameter.name().equals(DRY_RUN)) {
                errors.add(InvalidInput.parameter(Problem.shown(parameter.name()), "unknown",
                        "is no parameter of a command, only " + DRY_RUN));
            } else if (dryRun != null) {
                errors.add(InvalidInput.parameter(DRY_RUN, "invalid", "must be there only once"));
            } else {
                dryRun = parameter.value();
            }
        }
        if (dryRun != null && !dryRun.equals("true") && !dryRun.equals("false")) {
            errors.add(InvalidInput.parameter(DRY_RUN, "wrong-type", "must be true or false"));
        }
        return "true".equals(dryRun);
    }

    /** What else is preferred is ignored, as RFC 7240 wants it. */
    private static boolean returnsRepresentation(List<String> headers) {
        for (String header : headers) {
            for (String preference : header.split(",")) {
                String wanted = preference.split(";", 2)[0].replace("\"", "").replace(" ", "");
                if (wanted.toLowerCase(Locale.ROOT).equals("return=representation")) {
                    return true;
                }
            }
        }
        return false;
    }
}

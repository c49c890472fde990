package io.ritsem.http.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;

/**
 * The parameters of a request, decoded, in order. Immutable.
 *
 * @param errors the parameters that are not well-formed
 */
public record QueryString(List<Parameter> parameters, List<InvalidInput> errors) {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int LAST_YEAR = 9999;
    private static final QueryString EMPTY = new QueryString(List.of(), List.of());

    /** One parameter; without an equals sign its value is empty. */
    public record Parameter(String name, String value) {

        /** Its value as a whole number within bounds; or null, and what is wrong joins the errors. */
        public @Nullable Long number(long least, long greatest, List<InvalidInput> errors) {
            boolean number = NUMBER.matcher(value).matches();
            long read = number ? Long.parseLong(value) : 0;
            if (number && read >= least && read <= greatest) {
                return read;
            }
            errors.add(InvalidInput.parameter(name, number ? "out-of-range" : "wrong-type",
                    greatest == Long.MAX_VALUE
                            ? "must be a whole number, %d or more".formatted(least)
                            : "must be a whole number from %d to %d".formatted(least, greatest)));
            return null;
        }

        /** Its value as a moment; or null, and what is wrong joins the errors. */
        public @Nullable Instant moment(List<InvalidInput> errors) {
            try {
                OffsetDateTime moment = OffsetDateTime.parse(value);
                if (moment.getYear() >= 1 && moment.getYear() <= LAST_YEAR) {
                    return moment.toInstant();
                }
            } catch (DateTimeException malformed) {
                // the message below says what would be right
            }
            errors.add(InvalidInput.parameter(name, "wrong-type",
                    "must be a moment such as 2026-11-21T09:30:00Z (a plus sign is written %2B)"));
            return null;
        }
    }

    static QueryString parse(@Nullable String raw) {
        if (raw == null || raw.isEmpty()) {
            return EMPTY;
        }
        List<Parameter> parameters = new ArrayList<>();
        List<InvalidInput> errors = new ArrayList<>();
        for (String part : raw.split("&")) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String rawName = equals < 0 ? part : part.substring(0, equals);
            @Nullable String name = Percent.decodeQuery(rawName);
            @Nullable String value = Percent.decodeQuery(equals < 0 ? "" : part.substring(equals + 1));
            if (name == null || value == null) {
                errors.add(InvalidInput.parameter(name == null ? rawName : name, "malformed",
                        "must be percent-encoded UTF-8, such as %C3%AB for ë"));
            } else {
                parameters.add(new Parameter(name, value));
            }
        }
        return new QueryString(List.copyOf(parameters), List.copyOf(errors));
    }

    /** The same with one parameter replaced by another value, encoded. */
    public String with(String name, String value) {
        List<Parameter> replaced = new ArrayList<>(parameters);
        replaced.removeIf(parameter -> parameter.name().equals(name));
        replaced.add(new Parameter(name, value));
        return replaced.stream()
                .map(each -> encode(each.name()) + '=' + encode(each.value()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

package io.ritsem.http.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.ritsem.http.problem.InvalidInput;

/**
 * The parameters of a request, decoded, in order. Immutable.
 *
 * @param errors the parameters that are not well-formed
 */
public record QueryString(List<Parameter> parameters, List<InvalidInput> errors) {

    private static final QueryString EMPTY = new QueryString(List.of(), List.of());

    /** One parameter; without an equals sign its value is empty. */
    public record Parameter(String name, String value) {}

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

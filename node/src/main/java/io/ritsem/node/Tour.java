package io.ritsem.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.json.InvalidJsonException;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;
import io.ritsem.runtime.json.Violation;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The first things that one can ask a new application, as lines for a shell. */
final class Tour {

    private static final int COMMANDS = 2;

    private Tour() {}

    /**
     * Its first entity's first two commands and its first view, or the entity if there is no view. A command whose made-up
     * values its record refuses has that said above it.
     *
     * @param id of the entity; one that has no events yet, or a command may be told that it is too late
     */
    static List<String> of(ApplicationModel application, String address, String id) {
        List<String> lines = new ArrayList<>();
        application.entities().values().stream().findFirst().ifPresent(entity -> {
            String path = address + "/api/entities/" + entity.type() + "/" + id;
            entity.commands()
                    .entrySet()
                    .stream()
                    .limit(COMMANDS)
                    .forEach(command -> lines.addAll(command(path, command.getKey(), command.getValue())));
            lines.add("curl " + (application.views().isEmpty() ? path : view(application, address, entity)));
        });
        return lines;
    }

    private static List<String> command(String path, String name, JsonType<?> command) {
        String body = sample(name, command.shape());
        String line = "curl -H 'Content-Type: application/json' -d '%s' %s/%s".formatted(body, path, name);
        @Nullable String why = whyRefused(command, body);
        return why == null ? List.of(line)
                : List.of("# these values are refused, put in others: " + why.replaceAll("\\s+|\\p{Cc}", " "), line);
    }

    /** What the application's own code says against a body, or null. */
    private static @Nullable String whyRefused(JsonType<?> command, String body) {
        try {
            var _ = command.decode(body.getBytes(UTF_8));
            return null;
        } catch (InvalidJsonException refused) {
            Violation first = refused.violations().getFirst();
            return first.pointer() + " " + first.message();
        } catch (RuntimeException bug) {
            return bug.toString();
        }
    }

    private static String view(ApplicationModel application, String address, EntityModel<?, ?, ?> entity) {
        ViewDefinition<?> shown = application.views()
                .stream()
                .filter(view -> view.follows().containsKey(entity.type()))
                .findFirst()
                .orElseGet(() -> application.views().getFirst());
        return address + "/api/views/" + shown.name();
    }

    /** A value that fits the shape; whether it fits the domain, too, only the domain knows. */
    static String sample(String name, Shape shape) {
        return switch (shape) {
            case Shape.Text _ -> "\"some " + name + "\"";
            case Shape.Decimal _ -> "\"10.00\"";
            case Shape.Whole(long least, long greatest) -> Long.toString(Math.clamp(1, least, greatest));
            case Shape.Bool _ -> "true";
            case Shape.Moment _ -> "\"2026-11-21T12:00:00Z\"";
            case Shape.Day _ -> "\"2026-11-21\"";
            case Shape.Uuid _ -> "\"0192f3a4-0000-7000-8000-000000000001\"";
            case Shape.Choice(List<String> names) -> "\"" + names.getFirst() + "\"";
            case Shape.ListOf(Shape element) -> "[" + sample(name, element) + "]";
            case Shape.MapOf(Shape value) -> "{\"a\":" + sample(name, value) + "}";
            case Shape.Fields(Map<String, Shape.Field> fields) -> "{" + members(fields) + "}";
            case Shape.OneOf(Map<String, Shape.Fields> variants) -> variant(variants.entrySet().iterator().next());
        };
    }

    private static String variant(Map.Entry<String, Shape.Fields> variant) {
        String members = members(variant.getValue().fields());
        return "{\"type\":\"" + variant.getKey() + "\"" + (members.isEmpty() ? "" : ",") + members + "}";
    }

    private static String members(Map<String, Shape.Field> fields) {
        return fields.entrySet()
                .stream()
                .filter(field -> !field.getValue().optional())
                .map(field -> "\"" + field.getKey() + "\":" + sample(field.getKey(), field.getValue().shape()))
                .collect(Collectors.joining(","));
    }
}

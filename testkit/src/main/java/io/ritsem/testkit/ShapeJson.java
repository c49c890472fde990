package io.ritsem.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import io.ritsem.runtime.json.Shape;

/**
 * A shape as a person reads it: {@code {"amount":"decimal","due?":"date","lines":["text"],"tags":{"*":"long"}}}, where
 * {@code ?} may be absent. An enum is {@code {"enum":[...]}}, a sealed interface {@code {"one-of":{...}}}: no component of
 * a record can be called so. Stateless.
 */
final class ShapeJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String ENUM = "enum";
    private static final String ONE_OF = "one-of";
    private static final String ANY = "*";

    private static final Map<String, Shape> SCALARS = Map.of("text", new Shape.Text(), "decimal", new Shape.Decimal(),
            "int", new Shape.Whole(Integer.MIN_VALUE, Integer.MAX_VALUE), "long",
            new Shape.Whole(Long.MIN_VALUE, Long.MAX_VALUE), "boolean", new Shape.Bool(), "instant", new Shape.Moment(),
            "date", new Shape.Day(), "uuid", new Shape.Uuid());

    private ShapeJson() {}

    static JsonNode of(Shape shape) {
        return switch (shape) {
            case Shape.Choice(var names) -> {
                ObjectNode choice = NODES.objectNode();
                names.forEach(choice.putArray(ENUM)::add);
                yield choice;
            }
            case Shape.ListOf(var element) -> NODES.arrayNode().add(of(element));
            case Shape.MapOf(var value) -> NODES.objectNode().set(ANY, of(value));
            case Shape.Fields fields -> {
                ObjectNode object = NODES.objectNode();
                fields.fields()
                        .forEach((name, field) -> object.set(field.optional() ? name + "?" : name, of(field.shape())));
                yield object;
            }
            case Shape.OneOf(var variants) -> {
                ObjectNode oneOf = NODES.objectNode();
                ObjectNode named = oneOf.putObject(ONE_OF);
                variants.forEach((name, fields) -> named.set(name, of(fields)));
                yield oneOf;
            }
            case Shape.Text _,Shape.Decimal _,Shape.Whole _,Shape.Bool _,Shape.Moment _,Shape.Day _,Shape.Uuid _ ->
                    TextNode.valueOf(scalar(shape));
        };
    }

    private static String scalar(Shape shape) {
        return SCALARS.entrySet()
                .stream()
                .filter(scalar -> scalar.getValue().equals(shape))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(shape + " has no name"))
                .getKey();
    }

    /**
     * @param where what is spoken of in errors
     * @throws IllegalArgumentException if it is none
     */
    static Shape read(String where, JsonNode json) {
        if (json.isTextual() && SCALARS.containsKey(json.textValue())) {
            return SCALARS.get(json.textValue());
        }
        if (json instanceof ArrayNode list && list.size() == 1) {
            return new Shape.ListOf(read(where, list.get(0)));
        }
        if (json instanceof ObjectNode object) {
            if (object.get(ENUM) instanceof ArrayNode names) {
                List<String> constants = new ArrayList<>();
                names.forEach(name -> constants.add(name.textValue()));
                return new Shape.Choice(constants);
            }
            if (object.get(ONE_OF) instanceof ObjectNode variants) {
                Map<String, Shape.Fields> fields = new LinkedHashMap<>();
                variants.properties()
                        .forEach(variant -> fields.put(variant.getKey(),
                                fields(where, variant.getValue())));
                return new Shape.OneOf(fields);
            }
            return object.has(ANY) ? new Shape.MapOf(read(where, object.get(ANY))) : fields(where, object);
        }
        throw new IllegalArgumentException("%s has a shape that is none: %s".formatted(where, json));
    }

    private static Shape.Fields fields(String where, JsonNode object) {
        Map<String, Shape.Field> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            boolean optional = field.getKey().endsWith("?");
            String name = optional ? field.getKey().substring(0, field.getKey().length() - 1) : field.getKey();
            fields.put(name, new Shape.Field(read(where + " " + name, field.getValue()), optional));
        });
        return new Shape.Fields(fields);
    }
}

package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.runtime.json.Shape;

/** A value of a shape, to begin with when trying. Stateless. */
final class Example {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Example() {}

    static JsonNode of(Shape shape) {
        return switch (shape) {
            case Shape.Text() -> JSON.textNode("text");
            case Shape.Decimal() -> JSON.textNode("12.50");
            case Shape.Whole(long least, long greatest) -> JSON.numberNode(Math.clamp(1L, least, greatest));
            case Shape.Bool() -> JSON.booleanNode(true);
            case Shape.Moment() -> JSON.textNode("2026-11-21T09:30:00Z");
            case Shape.Day() -> JSON.textNode("2026-11-21");
            case Shape.Uuid() -> JSON.textNode("7f1c24d4-5b1e-4c07-9b30-8f4dcd2a3a10");
            case Shape.Choice choice -> JSON.textNode(choice.names().getFirst());
            case Shape.ListOf list -> JSON.arrayNode().add(of(list.element()));
            case Shape.MapOf map -> JSON.objectNode().set("key", of(map.value()));
            case Shape.Fields fields -> fields(fields, JSON.objectNode());
            case Shape.OneOf oneOf -> {
                var first = oneOf.variants().entrySet().iterator().next();
                yield fields(first.getValue(), JSON.objectNode().put("type", first.getKey()));
            }
        };
    }

    private static ObjectNode fields(Shape.Fields fields, ObjectNode example) {
        fields.fields().forEach((name, field) -> {
            if (!field.optional()) {
                example.set(name, of(field.shape()));
            }
        });
        return example;
    }
}

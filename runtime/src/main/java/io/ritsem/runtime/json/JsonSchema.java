package io.ritsem.runtime.json;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Describes shapes as JSON Schema 2020-12, which is what OpenAPI 3.1 embeds. A schema is closed: what it does not name is
 * not there. Stateless.
 */
public final class JsonSchema {

    /** At most 38 digits, of which at least one stands before and, if there is a point, after it. */
    private static final String DECIMAL = "^(?!([^0-9]*[0-9]){39})-?[0-9]+(\\.[0-9]+)?$";
    private static final String MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?Z$";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonSchema() {}

    /** The schema of a shape, without {@code $schema} and {@code $id}; the caller may add to it. */
    public static ObjectNode of(Shape shape) {
        return switch (shape) {
            case Shape.Text() -> typed("string");
            case Shape.Decimal() -> typed("string").put("pattern", DECIMAL);
            case Shape.Whole(long least, long greatest) -> typed("integer").put("minimum", least)
                    .put("maximum", greatest)
                    .put("format", greatest == Integer.MAX_VALUE ? "int32" : "int64");
            case Shape.Bool() -> typed("boolean");
            case Shape.Moment() -> typed("string").put("format", "date-time").put("pattern", MOMENT);
            case Shape.Day() -> typed("string").put("format", "date");
            case Shape.Uuid() -> typed("string").put("format", "uuid");
            case Shape.Choice choice -> choice(choice);
            case Shape.ListOf list -> typed("array").set("items", of(list.element()));
            case Shape.MapOf map -> typed("object").set("additionalProperties", of(map.value()));
            case Shape.Fields fields -> fields(fields, NODES.objectNode());
            case Shape.OneOf oneOf -> oneOf(oneOf);
        };
    }

    private static ObjectNode typed(String type) {
        return NODES.objectNode().put("type", type);
    }

    private static ObjectNode choice(Shape.Choice choice) {
        ObjectNode schema = typed("string");
        ArrayNode names = schema.putArray("enum");
        choice.names().forEach(names::add);
        return schema;
    }

    /** @param properties those that come before the fields, all required */
    private static ObjectNode fields(Shape.Fields fields, ObjectNode properties) {
        ObjectNode schema = typed("object");
        ArrayNode required = NODES.arrayNode();
        properties.fieldNames().forEachRemaining(required::add);
        for (Map.Entry<String, Shape.Field> field : fields.fields().entrySet()) {
            ObjectNode property = of(field.getValue().shape());
            if (field.getValue().optional()) {
                property = orNull(property);
            } else {
                required.add(field.getKey());
            }
            properties.set(field.getKey(), property);
        }
        schema.set("properties", properties);
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode orNull(ObjectNode schema) {
        if (!schema.has("type")) {
            schema.withArray("oneOf").add(typed("null"));
            return schema;
        }
        String type = schema.get("type").textValue();
        schema.putArray("type").add(type).add("null");
        if (schema.has("enum")) {
            schema.withArray("enum").addNull();
        }
        return schema;
    }

    private static ObjectNode oneOf(Shape.OneOf oneOf) {
        ObjectNode schema = NODES.objectNode();
        ArrayNode variants = schema.putArray("oneOf");
        oneOf.variants().forEach((name, fields) -> {
            ObjectNode tag = NODES.objectNode();
            tag.putObject(OneOfCodec.TAG).put("const", name);
            variants.add(fields(fields, tag));
        });
        return schema;
    }
}

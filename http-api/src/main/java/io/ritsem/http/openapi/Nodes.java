package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The pieces that a description is made of. Stateless. */
final class Nodes {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Nodes() {}

    static ObjectNode object() {
        return JSON.objectNode();
    }

    static ObjectNode text() {
        return object().put("type", "string");
    }

    static ObjectNode text(String description) {
        return text().put("description", description);
    }

    static ObjectNode whole(long least) {
        return object().put("type", "integer").put("format", "int64").put("minimum", least);
    }

    static ObjectNode constant(String value) {
        return object().put("const", value);
    }

    static ObjectNode listOf(ObjectNode items) {
        return object().put("type", "array").set("items", items);
    }

    static ObjectNode orNull(ObjectNode schema) {
        ObjectNode either = object();
        either.putArray("oneOf").add(schema).add(object().put("type", "null"));
        return either;
    }

    /** A reference to a component. */
    static ObjectNode ref(String kind, String name) {
        return object().put("$ref", "#/components/" + kind + "/" + name);
    }

    static ObjectNode schemaRef(String name) {
        return ref("schemas", name);
    }

    /** A closed object; {@code required} follow in order, whatever is not among them may be absent. */
    static ObjectNode closed(ObjectNode properties, String... required) {
        ObjectNode schema = object().put("type", "object");
        schema.set("properties", properties);
        for (String name : required) {
            schema.withArray("required").add(name);
        }
        return schema.put("additionalProperties", false);
    }

    /** The content of a body or answer. */
    static ObjectNode content(String mediaType, JsonNode schema) {
        ObjectNode content = object();
        content.putObject(mediaType).set("schema", schema);
        return content;
    }
}

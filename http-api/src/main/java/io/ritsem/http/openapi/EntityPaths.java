package io.ritsem.http.openapi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.http.server.Exchange;
import io.ritsem.runtime.application.EntityModel;
import io.ritsem.runtime.json.JsonSchema;
import io.ritsem.runtime.json.JsonType;

/** Describes what one entity type takes and shows. Confined to the making of the description. */
final class EntityPaths {

    /** The name of {@link #omitted}. */
    static final String OMITTED = "omitted";

    private final EntityModel<?, ?, ?> entity;
    private final String type;

    EntityPaths(EntityModel<?, ?, ?> entity) {
        this.entity = entity;
        this.type = entity.type();
    }

    void describe(ObjectNode paths, ObjectNode schemas) {
        schemas.set(type + ".state", JsonSchema.of(entity.state().shape()));
        schemas.set(name("event"), eventSchema(schemas, Nodes.object(), Nodes::orNull));
        ObjectNode recorded = Nodes.object();
        recorded.set("time", Nodes.text("When it was decided").put("format", "date-time"));
        recorded.set("metadata", metadata());
        schemas.set(name("recorded-event"), eventSchema(schemas, recorded, data -> data));
        schemas.set(name("accepted"), accepted());
        schemas.set(name("entity"), described());
        ObjectNode history = Nodes.object();
        history.set("events", Nodes.listOf(Nodes.schemaRef(name("recorded-event"))));
        history.set("next", Nodes.orNull(Nodes.whole(1).put("description", "The next `after`")));
        schemas.set(name("history"), Nodes.closed(history, "events", "next"));
        entity.commands().forEach((command, body) -> describe(command, body, paths, schemas));
        describeReads(paths);
    }

    private String name(String schema) {
        return type + "." + schema;
    }

    private void describe(String command, JsonType<?> body, ObjectNode paths, ObjectNode schemas) {
        String schema = name("command." + command);
        schemas.set(schema, JsonSchema.of(body.shape()).put("title", command));
        ObjectNode post = operation(
                paths.putObject("/api/entities/%s/{id}/%s".formatted(type, command)).putObject("post"),
                "Command " + command, command);
        parameters(post, "id", "dry-run", "idempotency-key", "if-match", "if-none-match", "prefer", "correlation-id",
                "traceparent");
        ObjectNode content = Nodes.content(Exchange.JSON, Nodes.schemaRef(schema));
        content.withObject("/application~1json").set("example", Example.of(body.shape()));
        post.putObject("requestBody")
                .put("required", !JsonSchema.of(body.shape()).path("required").isEmpty())
                .set("content", content);
        ObjectNode responses = post.putObject("responses");
        ObjectNode done = responses.putObject("200")
                .put("description", "Accepted, and what there was to store is stored");
        ObjectNode headers = done.putObject("headers");
        headers.set("ETag", Nodes.ref("headers", "etag"));
        headers.set("Consistency-Token", Nodes.ref("headers", "consistency-token"));
        headers.set("Idempotency-Replayed", Nodes.ref("headers", "idempotency-replayed"));
        done.set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef(name("accepted"))));
        Problems.add(responses, 400, 404, 405, 406, 408, 409, 412, 413, 415, 422, 500, 503, 504);
    }

    private void describeReads(ObjectNode paths) {
        ObjectNode get = operation(paths.putObject("/api/entities/%s/{id}".formatted(type)).putObject("get"),
                "The state of one " + type, "state");
        get.put("description",
                "From the entity itself, so it has every write that was acknowledged before. `version` or "
                        + "`at` reads the past.");
        parameters(get, "id", "version", "at");
        ObjectNode responses = get.putObject("responses");
        ObjectNode found = responses.putObject("200").put("description", "The state and its version");
        ObjectNode headers = found.putObject("headers");
        headers.set("ETag", Nodes.ref("headers", "etag"));
        headers.set("Consistency-Token", Nodes.ref("headers", "consistency-token"));
        found.set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef(name("entity"))));
        Problems.add(responses, 400, 404, 405, 406, 500, 503);

        ObjectNode events = operation(paths.putObject("/api/entities/%s/{id}/events".formatted(type)).putObject("get"),
                "The history of one " + type, "events");
        parameters(events, "id", "after", "history-limit");
        ObjectNode answers = events.putObject("responses");
        answers.putObject("200")
                .put("description", "Its events, in order")
                .set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef(name("history"))));
        Problems.add(answers, 400, 404, 405, 406, 500, 503);
    }

    private ObjectNode operation(ObjectNode operation, String summary, String id) {
        operation.put("operationId", type + "." + id).put("summary", summary).putArray("tags").add(type);
        return operation;
    }

    private static void parameters(ObjectNode operation, String... names) {
        ArrayNode parameters = operation.putArray("parameters");
        for (String name : names) {
            parameters.add(Nodes.ref("parameters", name));
        }
    }

    /**
     * One of the events, each with its data as {@code shown}; {@code more} members are the same for all. What other versions
     * stored is shown as it was stored, so its data may be any object.
     */
    private ObjectNode eventSchema(ObjectNode schemas, ObjectNode more, UnaryOperator<ObjectNode> shown) {
        ObjectNode schema = Nodes.object();
        Map<String, ObjectNode> datas = new LinkedHashMap<>();
        entity.events().forEach((event, data) -> {
            String dataSchema = name("event." + event);
            schemas.set(dataSchema, JsonSchema.of(data.shape()).put("title", event));
            datas.put(event, Nodes.schemaRef(dataSchema));
        });
        entity.readable()
                .stream()
                .filter(event -> !event.current())
                .forEach(old -> datas.merge(old.event(),
                        Nodes.object().put("type", "object").put("description", "As another version was stored"),
                        (current, other) -> anyOf(current, other)));
        ArrayNode variants = schema.putArray("oneOf");
        datas.forEach((event, data) -> variants.add(eventVariant(event, shown.apply(data), more)));
        return schema;
    }

    private static ObjectNode anyOf(ObjectNode current, ObjectNode other) {
        ObjectNode either = Nodes.object();
        either.putArray("anyOf").add(current).add(other);
        return either;
    }

    private static ObjectNode eventVariant(String event, ObjectNode data, ObjectNode more) {
        ObjectNode properties = Nodes.object();
        properties.set("type", Nodes.constant(event));
        properties.set("sequence", Nodes.whole(1));
        properties.set("data", data);
        properties.setAll(more.deepCopy());
        ObjectNode variant = Nodes.closed(properties, "type", "sequence", "data");
        more.fieldNames().forEachRemaining(variant.withArray("required")::add);
        return variant;
    }

    private ObjectNode accepted() {
        ObjectNode properties = described().withObject("/properties");
        properties.remove("state");
        properties.set("events", Nodes.listOf(Nodes.schemaRef(name("event"))));
        properties.set("reply", Nodes.object().put("description", "What the entity says to the caller, if it does"));
        properties.set("state", Nodes.schemaRef(name("state")));
        properties.set("omitted", Nodes.schemaRef(OMITTED));
        return Nodes.closed(properties, "type", "id", "version", "events");
    }

    /** What an answer does not tell. */
    static ObjectNode omitted() {
        ObjectNode properties = Nodes.object();
        properties.set("parts", Nodes.listOf(Nodes.text("`state`, `data` (of the events, which is null) or `events`")));
        properties.set("bytes", Nodes.whole(1).put("description", "How large the whole answer would be"));
        properties.set("limit", Nodes.whole(1).put("description", "How large it may be"));
        return Nodes.closed(properties, "parts", "bytes", "limit")
                .put("description",
                        "What is not told, since the answer would be too large. The command is accepted all the same; "
                                + "its events can be read from the history");
    }

    private ObjectNode described() {
        ObjectNode properties = Nodes.object();
        properties.set("type", Nodes.constant(type));
        properties.set("id", Nodes.text());
        properties.set("version", Nodes.whole(0));
        properties.set("state", Nodes.schemaRef(name("state")));
        return Nodes.closed(properties, "type", "id", "version", "state");
    }

    private static ObjectNode metadata() {
        ObjectNode properties = Nodes.object();
        properties.set("eventVersion", Nodes.whole(1).put("description", "In which version its data was stored"));
        properties.set("causation", Nodes.text("The command's own id").put("format", "uuid"));
        properties.set("caller", Nodes.text("Who sent the command"));
        properties.set("correlation", Nodes.text("What it belongs to"));
        properties.set("traceparent", Nodes.text("Its trace context"));
        properties.set("idempotencyKey", Nodes.text("The key that it spent"));
        return Nodes.closed(properties, "eventVersion", "causation");
    }
}

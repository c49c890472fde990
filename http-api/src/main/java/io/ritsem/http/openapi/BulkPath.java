package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.http.server.Exchange;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.EntityModel;

/** Describes commands in bulk. Stateless. */
final class BulkPath {

    private static final String HOW = """
                                      One command a line, one result a line, in the same order, written while later lines are still being read: read \
                                      results while you send, or the server stops reading. Each line stands alone: a malformed one is a 400 line; \
                                      blank lines are passed over and have no result. \
                                      Commands of one entity run in line order; after a line that ended in 409, 503, 504 or `outcome-unknown`, later lines \
                                      of that entity are not decided and answer 503 `not-attempted`; a rejection stops nothing. A line may be as long as a body: 256 KiB, unless configured otherwise.""";

    private BulkPath() {}

    static void describe(ApplicationModel application, ObjectNode paths, ObjectNode schemas) {
        schemas.set("bulk.line", line(application));
        schemas.set("bulk.result", result(application));
        ObjectNode post = paths.putObject("/api/commands")
                .putObject("post")
                .put("operationId", "bulk")
                .put("summary", "Commands in bulk")
                .put("description", HOW);
        post.putArray("tags").add("bulk");
        ArrayNode parameters = post.putArray("parameters");
        parameters.add(Nodes.ref("parameters", "correlation-id"));
        parameters.add(Nodes.ref("parameters", "traceparent"));
        ObjectNode lines = Nodes.content(Exchange.NDJSON, Nodes.schemaRef("bulk.line"));
        lines.withObject("/application~1x-ndjson").put("example", example(application));
        post.putObject("requestBody")
                .put("required", true)
                .put("description", "Each line is a `bulk.line`")
                .set("content", lines);
        ObjectNode responses = post.putObject("responses");
        responses.putObject("200")
                .put("description", "Each line is a `bulk.result`")
                .set("content", Nodes.content(Exchange.NDJSON, Nodes.schemaRef("bulk.result")));
        Problems.add(responses, 400, 405, 406, 415, 500, 503);
    }

    /** One line for each command of the first entity type. */
    private static String example(ApplicationModel application) {
        StringBuilder lines = new StringBuilder();
        application.entities().values().stream().limit(1).forEach(entity -> entity.commands().forEach((name, body) -> {
            ObjectNode line = Nodes.object().put("type", entity.type()).put("id", "1").put("command", name);
            lines.append(line.set("data", Example.of(body.shape())).toString()).append('\n');
        }));
        return lines.toString();
    }

    private static ObjectNode line(ApplicationModel application) {
        ObjectNode schema = Nodes.object();
        ArrayNode variants = schema.putArray("oneOf");
        for (EntityModel<?, ?, ?> entity : application.entities().values()) {
            for (String command : entity.commands().keySet()) {
                ObjectNode properties = Nodes.object();
                properties.set("type", Nodes.constant(entity.type()));
                properties.set("id", Nodes.text("The entity's id"));
                properties.set("command", Nodes.constant(command));
                properties.set("data", Nodes.schemaRef("%s.command.%s".formatted(entity.type(), command)));
                properties.set("key", Nodes.text("The idempotency key").put("minLength", 1).put("maxLength", 255));
                properties.set("expectedVersion", Nodes.whole(0).put("description", "As If-Match; 0: none yet"));
                variants.add(Nodes.closed(properties, "type", "id", "command", "data"));
            }
        }
        return schema;
    }

    private static ObjectNode result(ApplicationModel application) {
        ObjectNode schema = Nodes.object();
        ArrayNode variants = schema.putArray("oneOf");
        for (String type : application.entities().keySet()) {
            ObjectNode properties = Nodes.object();
            properties.set("status", Nodes.object().put("const", 200));
            properties.set("replayed", Nodes.object().put("const", true));
            properties.set("token", Nodes.text("The Consistency-Token"));
            properties.set("type", Nodes.constant(type));
            properties.set("id", Nodes.text());
            properties.set("version", Nodes.whole(0));
            properties.set("events", Nodes.listOf(Nodes.schemaRef(type + ".event")));
            properties.set("reply", Nodes.object());
            properties.set("omitted", Nodes.schemaRef(EntityPaths.OMITTED));
            variants.add(Nodes.closed(properties, "status", "type", "id", "version", "events"));
        }
        variants.add(Nodes.schemaRef("problem"));
        return schema;
    }
}

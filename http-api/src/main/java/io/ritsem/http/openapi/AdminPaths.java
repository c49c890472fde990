package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.http.server.Exchange;

/** Describes what operators can do. Stateless. */
final class AdminPaths {

    private static final String LETTERS = "/api/admin/dead-letters";
    private static final String TIME = "date-time";

    private AdminPaths() {}

    static void describe(ObjectNode paths, ObjectNode schemas) {
        describeSchemas(schemas);
        ObjectNode list = get(paths, LETTERS, "dead-letters.list",
                "Rows and entities of views for which events wait that could not be applied", "dead-letters");
        list.withArray("parameters")
                .add(Parameters.query("view", "Of this view only.", Nodes.text()))
                .add(Nodes.ref("parameters", "row-limit"))
                .add(Nodes.ref("parameters", "cursor"));
        ObjectNode one = get(paths, LETTERS + "/{view}/{key}", "dead-letters.inspect",
                "The events that wait for a row or an entity, in order", "dead-letters.key");
        addKey(one);
        one.withArray("parameters").add(Nodes.ref("parameters", "row-limit"));
        action(paths, "retry", "Apply them in order, with the upcasters and handlers that there are now", "action");
        action(paths, "skip", "Drop the first one for this key, if it is the event that is named, then retry", "skip");
        action(paths, "edit", "Take another JSON for one of them, for this key, then retry", "edit");
        ObjectNode audit = get(paths, "/api/admin/audit", "audit", "What operators did, the newest first", "audit");
        audit.withArray("parameters")
                .add(Nodes.ref("parameters", "row-limit"))
                .add(Parameters.query("before", "Only actions before this one: the `next` of a page.", Nodes.whole(1)));
    }

    private static void addKey(ObjectNode operation) {
        operation.withArray("parameters")
                .add(Parameters.path("view", "The view's name", Nodes.text()))
                .add(Nodes.ref("parameters", "key"))
                .add(Parameters.query("entity", "Whether the key is an entity's, `type|id`, rather than a row's.",
                        Nodes.object().put("type", "boolean")));
    }

    private static ObjectNode get(ObjectNode paths, String path, String id, String summary, String schema) {
        ObjectNode operation = paths.putObject(path).putObject("get");
        return describe(operation, id, summary, schema);
    }

    private static ObjectNode describe(ObjectNode operation, String id, String summary, String schema) {
        operation.put("operationId", id).put("summary", summary).putArray("tags").add("operate");
        ObjectNode responses = operation.putObject("responses");
        responses.putObject("200")
                .put("description", summary)
                .set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef(schema)));
        Problems.add(responses, 400, 404, 405, 406, 500, 503);
        return operation;
    }

    private static void action(ObjectNode paths, String name, String summary, String schema) {
        ObjectNode post = paths.putObject("%s/{view}/{key}/%s".formatted(LETTERS, name)).putObject("post");
        describe(post, "dead-letters." + name, summary, "dead-letters.mended");
        addKey(post);
        Problems.add(post.withObject("/responses"), 408, 413, 415, 504);
        ObjectNode content = Nodes.content(Exchange.JSON, Nodes.schemaRef("dead-letters." + schema));
        ObjectNode example = Nodes.object().put("reason", "the rounding is mended");
        if (!schema.equals("action")) {
            example.put("entity", "account|ada").put("sequence", 7);
        }
        if (schema.equals("edit")) {
            example.putObject("data").put("amount", "1.00");
        }
        content.withObject("/application~1json").set("example", example);
        post.putObject("requestBody").put("required", true).set("content", content);
    }

    private static void describeSchemas(ObjectNode schemas) {
        schemas.set("dead-letters.letter", letter());
        ObjectNode line = Nodes.object();
        line.set("view", Nodes.text());
        line.set("generation", Nodes.whole(1));
        line.set("key", Nodes.text("The row's, or the entity's `type|id`"));
        line.set("entity", Nodes.object().put("type", "boolean"));
        line.set("events", Nodes.whole(1).put("description", "How many wait, counted up to 1,001: that many or more"));
        line.set("since", Nodes.text("When the oldest of those counted was recorded").put("format", TIME));
        line.set("first", Nodes.schemaRef("dead-letters.letter"));
        ObjectNode page = Nodes.object();
        page.set("deadLetters", Nodes.listOf(
                Nodes.closed(line, "view", "generation", "key", "entity", "events", "since", "first")));
        page.set("next", Nodes
                .orNull(Nodes.text("The `cursor` of the next page; of large events a page has fewer than `limit`")));
        schemas.set("dead-letters", Nodes.closed(page, "deadLetters", "next"));
        ObjectNode generation = Nodes.object();
        generation.set("generation", Nodes.whole(1));
        generation.set("events", Nodes.whole(1).put("description", "How many wait"));
        generation.set("first", Nodes.listOf(Nodes.schemaRef("dead-letters.letter"))
                .put("description", "As many as `limit` says, fewer if they are large"));
        ObjectNode key = Nodes.object();
        key.set("view", Nodes.text());
        key.set("key", Nodes.text());
        key.set("entity", Nodes.object().put("type", "boolean"));
        key.set("generations", Nodes.listOf(Nodes.closed(generation, "generation", "events", "first")));
        schemas.set("dead-letters.key", Nodes.closed(key, "view", "key", "entity", "generations"));
        describeActions(schemas);
        schemas.set("audit", audit());
    }

    private static ObjectNode letter() {
        ObjectNode letter = Nodes.object();
        letter.set("entity", Nodes.text("`type|id`"));
        letter.set("sequence", Nodes.whole(1));
        letter.set("type", Nodes.text("The event's name and version, such as `account.deposited/1`"));
        letter.set("time", Nodes.text().put("format", TIME));
        letter.set("data", Nodes.object().put("description", "As the journal has it; a string if that is no JSON"));
        letter.set("edited", Nodes.object().put("description", "What is taken instead"));
        letter.set("attempts", Nodes.whole(0).put("description", "How often it was tried; 0: it waits behind another"));
        letter.set("parkedAt", Nodes.text().put("format", TIME));
        letter.set("error", Nodes.text("Why it could not be applied"));
        letter.set("stack", Nodes.text("The stack of the handler"));
        return Nodes.closed(letter, "entity", "sequence", "type", "time", "data", "attempts", "parkedAt");
    }

    private static void describeActions(ObjectNode schemas) {
        ObjectNode reason = Nodes.text("Why, for the audit").put("minLength", 1).put("maxLength", 500);
        ObjectNode action = Nodes.object();
        action.set("reason", reason);
        schemas.set("dead-letters.action", Nodes.closed(action, "reason"));
        ObjectNode edit = action.deepCopy();
        edit.set("entity", Nodes.text("Whose event it is: `type|id`"));
        edit.set("sequence", Nodes.whole(1));
        schemas.set("dead-letters.skip", Nodes.closed(edit.deepCopy(), "reason"));
        edit.set("data", Nodes.object().put("type", "object").put("description", "Of the form of the event's type"));
        schemas.set("dead-letters.edit", Nodes.closed(edit, "reason", "entity", "sequence", "data"));
        ObjectNode mended = Nodes.object();
        mended.set("generation", Nodes.whole(1));
        mended.set("applied", Nodes.whole(0));
        mended.set("waiting", Nodes.whole(0).put("description", "How many are left"));
        mended.set("error",
                Nodes.text("Why the first of these cannot be applied; absent if there was not enough time"));
        ObjectNode all = Nodes.object();
        all.set("generations", Nodes.listOf(Nodes.closed(mended, "generation", "applied", "waiting")));
        schemas.set("dead-letters.mended", Nodes.closed(all, "generations"));
    }

    private static ObjectNode audit() {
        ObjectNode entry = Nodes.object();
        entry.set("id", Nodes.whole(1));
        entry.set("at", Nodes.text().put("format", TIME));
        for (String text : new String[]{"action", "subject", "reason"}) {
            entry.set(text, Nodes.text());
        }
        entry.set("details", Nodes.object().put("type", "object"));
        ObjectNode page = Nodes.object();
        page.set("entries",
                Nodes.listOf(Nodes.closed(entry, "id", "at", "action", "subject", "reason", "details")));
        page.set("next", Nodes.orNull(Nodes.whole(1)));
        return Nodes.closed(page, "entries", "next");
    }
}

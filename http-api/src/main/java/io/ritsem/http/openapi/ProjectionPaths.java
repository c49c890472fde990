package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.http.admin.ProjectionRoutes;
import io.ritsem.http.server.Exchange;
import io.ritsem.runtime.json.JsonSchema;

/** Describes what operators see and do of views. Stateless. */
final class ProjectionPaths {

    private static final String PATH = "/api/admin/projections";

    private ProjectionPaths() {}

    static void describe(ObjectNode paths, ObjectNode schemas) {
        ProjectionRoutes.shapes().forEach((name, shape) -> schemas.set(name, JsonSchema.of(shape)));
        schemas.set("projections.diff", diff());
        operation(paths.putObject(PATH).putObject("get"), "list", "How all generations of all views are doing",
                "projections");
        get(paths, "", "view", "How all generations of a view are doing", "projections.view");
        ObjectNode compared = get(paths, "/diff", "diff",
                "How the rows of the serving generation differ from those of the one being built, or the previous one",
                "projections.diff");
        Problems.add(compared.withObject("/responses"), 409);
        compared.withArray("parameters")
                .add(Parameters.query("after", "The key after which to go on: the `next` before.", Nodes.text()));
        post(paths, "pause", "Let all generations of a view stand still; it goes on answering", "action");
        post(paths, "resume", "Let a view go on that was paused, or that has stopped", "action");
        post(paths, "rebuild", "Build a view anew beside the generation that serves", "rebuild");
        post(paths, "throttle", "Change the rate of the generation that is being built", "throttle");
        post(paths, "cancel", "Give up the generation that is being built", "action");
        ObjectNode switched = post(paths, "switch",
                "Let the generation that is being built serve as soon as it is built",
                "action");
        switched.withObject("/responses")
                .putObject("202")
                .put("description", "It will serve as soon as it is built")
                .set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef("projections.done")));
        post(paths, "roll-back", "Let the generation that served before serve again", "action");
    }

    private static ObjectNode get(ObjectNode paths, String end, String id, String summary, String schema) {
        ObjectNode get = paths.putObject(PATH + "/{view}" + end).putObject("get");
        get.putArray("parameters").add(Parameters.path("view", "The view's name", Nodes.text()));
        operation(get, id, summary, schema);
        Problems.add(get.withObject("/responses"), 400, 404);
        return get;
    }

    private static ObjectNode post(ObjectNode paths, String action, String summary, String body) {
        ObjectNode post = paths.putObject(PATH + "/{view}/" + action).putObject("post");
        post.putArray("parameters").add(Parameters.path("view", "The view's name", Nodes.text()));
        operation(post, action, summary, "projections.done");
        Problems.add(post.withObject("/responses"), 400, 404, 408, 409, 413, 415, 504);
        ObjectNode content = Nodes.content(Exchange.JSON, Nodes.schemaRef("projections." + body));
        ObjectNode example = Nodes.object().put("reason", "rows were changed by hand");
        if (!body.equals("action")) {
            example.put("eventsPerSecond", 25_000);
        }
        content.withObject("/application~1json").set("example", example);
        post.putObject("requestBody").put("required", true).set("content", content);
        return post;
    }

    private static void operation(ObjectNode operation, String id, String summary, String schema) {
        operation.put("operationId", "projections." + id).put("summary", summary).putArray("tags").add("operate");
        ObjectNode responses = operation.putObject("responses");
        responses.putObject("200")
                .put("description", summary)
                .set("content", Nodes.content(Exchange.JSON, Nodes.schemaRef(schema)));
        Problems.add(responses, 405, 406, 500, 503);
    }

    private static ObjectNode diff() {
        ObjectNode example = Nodes.object();
        example.set("key", Nodes.text());
        for (String side : new String[]{"serving", "other"}) {
            example.set(side, Nodes.orNull(Nodes.object().put("type", "object")).put("description", "The row"));
        }
        ObjectNode diff = Nodes.object();
        diff.set("view", Nodes.text());
        diff.set("serving", Nodes.whole(1).put("description", "The generation that serves"));
        diff.set("other", Nodes.whole(1).put("description", "The generation that it is compared with"));
        diff.set("same", Nodes.whole(0).put("description", "How many rows are equal"));
        diff.set("changed", Nodes.whole(0).put("description", "How many are in both and differ"));
        diff.set("missing", Nodes.whole(0).put("description", "How many the other one lacks"));
        diff.set("added", Nodes.whole(0).put("description", "How many only the other one has"));
        diff.set("moving", Nodes.whole(0)
                .put("description", "How many cannot be compared yet: one has applied an event for them that the other "
                        + "has not reached"));
        diff.set("examples", Nodes.listOf(Nodes.closed(example, "key", "serving", "other")));
        diff.set("next", Nodes.orNull(Nodes.text("The key up to which was compared, if there is more")));
        return Nodes.closed(diff, "view", "serving", "other", "same", "changed", "missing", "added", "moving",
                "examples", "next");
    }
}

package io.ritsem.http.openapi;

import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.http.problem.Problem;

/** The answers that are problems. Stateless. */
final class Problems {

    private static final Map<Integer, String> MEANINGS = new TreeMap<>(Map.ofEntries(
            Map.entry(400, "The request is not valid; every error is listed (`invalid-request`, `invalid-body`)"),
            Map.entry(404, "Not there: `unknown-type`, `unknown-command`, `unknown-view`, `no-such-entity`, "
                    + "`no-such-version`, `no-such-row`, `no-dead-letters`, `not-found`"),
            Map.entry(405, "Not for this method"),
            Map.entry(406, "Nothing acceptable"),
            Map.entry(408, "The body did not arrive in time"),
            Map.entry(409,
                    "A command with the same key is still running (`key-in-flight`), or an action does not fit how a view "
                            + "stands (`view-conflict`)"),
            Map.entry(410, "The consistency token is from before the journal was restored (`token-of-another-epoch`)"),
            Map.entry(412, "The version is another one (`version-mismatch`); `current` says which"),
            Map.entry(413, "Too large (`too-large`, `event-too-large`)"),
            Map.entry(415, "Not JSON in UTF-8"),
            Map.entry(422,
                    "Rejected by the domain: `code` is the rejection's own, `details` its facts. Or the idempotency key "
                            + "was spent by another command (`idempotency-key-reused`), or a live query matches too many rows "
                            + "(`query-too-large`; `limit` says how many may)"),
            Map.entry(500, "A bug, logged under `traceId`: nothing was stored (`internal-error`), nobody can say "
                    + "(`outcome-unknown`), a view cannot apply an event of the past (`view-failed`), or an entity's "
                    + "state is too large to be answered (`state-too-large`; `limit` says how large it may be)"),
            Map.entry(503,
                    "Not now, and nothing was stored: `overloaded`, `journal-away`, `journal-behind`, `no-majority`, `moving`, "
                            + "`stopping`, `deadline-passed`, `older-nodes-at-work`, `unknown-type` (at the node that would decide), `not-attempted` "
                            + "(a line of a bulk request), `view-behind`, `view-building`, `view-busy`, `query-too-slow`. "
                            + "Try again after `Retry-After`. Or a view has stopped at a bug (`view-stopped`, not "
                            + "`retryable`): it goes on when its application has been mended"),
            Map.entry(504,
                    "Nobody can say in time whether it was stored (`outcome-unknown`): send it again with the same "
                            + "idempotency key. Or whether an action was done: the audit tells")));

    private Problems() {}

    static ObjectNode schema() {
        ObjectNode error = Nodes.object();
        error.set("pointer", Nodes.text("A JSON Pointer into the body"));
        error.set("parameter", Nodes.text("The name of a query parameter"));
        error.set("header", Nodes.text("The name of a header"));
        error.set("path", Nodes.text("The name of a part of the path"));
        error.set("code", Nodes.text("malformed, missing, unknown, wrong-type, out-of-range, invalid"));
        error.set("message", Nodes.text("What is wrong, and what would be right"));
        ObjectNode properties = Nodes.object();
        properties.set("status", Nodes.whole(400).put("maximum", 599));
        properties.set("type", Nodes.text("`urn:ritsem:problem:` and the code").put("format", "uri"));
        properties.set("title", Nodes.text("The code in words"));
        properties.set("detail", Nodes.text("A sentence for a person"));
        properties.set("code", Nodes.text("For programs").put("pattern", "^[a-z][a-z0-9-]*$"));
        properties.set("traceId", Nodes.text("Under which the request is traced and logged")
                .put("pattern",
                        "^[0-9a-f]{32}$"));
        properties.set("retryable", Nodes.object()
                .put("type", "boolean")
                .put("description", "Whether trying again may help without anybody's doing"));
        properties.set("errors", Nodes.listOf(Nodes.closed(error, "code", "message")));
        properties.set("details", Nodes.object().put("type", "object").put("description", "The facts of a rejection"));
        properties.set("current", Nodes.whole(0).put("description", "The entity's version"));
        properties.set("known", Nodes.listOf(Nodes.text()).put("description", "What there is"));
        properties.set("limit", Nodes.whole(0).put("description", "In bytes; of a live query in rows"));
        return Nodes.closed(properties, "status", "type", "title", "detail", "code", "traceId");
    }

    /** The answers by their status. */
    static ObjectNode responses() {
        ObjectNode all = Nodes.object();
        MEANINGS.forEach((status, meaning) -> {
            ObjectNode response = all.putObject(Integer.toString(status)).put("description", meaning);
            if (status == 503) {
                response.putObject("headers").set("Retry-After", Nodes.ref("headers", "retry-after"));
            } else if (status == 405) {
                response.putObject("headers").set("Allow", Nodes.ref("headers", "allow"));
            } else if (status == 412) {
                response.putObject("headers").set("ETag", Nodes.ref("headers", "etag"));
            }
            response.set("content", Nodes.content(Problem.MEDIA_TYPE, Nodes.schemaRef("problem")));
        });
        return all;
    }

    /** Adds some of them to the answers of an operation. */
    static void add(ObjectNode responses, int... statuses) {
        for (int status : statuses) {
            responses.set(Integer.toString(status), Nodes.ref("responses", Integer.toString(status)));
        }
    }
}

package io.ritsem.http.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The parameters and headers that several paths share. Stateless. */
final class Parameters {

    private static final String ID = "[A-Za-z0-9._~:@-]{1,180}";

    private Parameters() {}

    static ObjectNode parameters() {
        ObjectNode all = Nodes.object();
        add(all, "id", path("id", "The entity's id", Nodes.text().put("pattern", "^" + ID + "$")));
        add(all, "key", path("key", "The row's key: at most 512 bytes in UTF-8", Nodes.text().put("minLength", 1)));
        add(all, "idempotency-key",
                header("Idempotency-Key", "One effect, and the same answer, however often the command "
                        + "is sent with this key, quoted or bare. It belongs to the entity. A key that another command or body has "
                        + "spent is a 422; if the body is not this version's, so that nobody can say whether it is the one that "
                        + "spent the key, a 504.", Nodes.text().put("minLength", 1).put("maxLength", 257)));
        add(all, "if-match",
                header("If-Match", "Decide only if the entity's version is this one, as the ETag gives it; "
                        + "else 412.", Nodes.text().put("pattern", "^\"?[0-9]{1,18}\"?$").put("example", "\"7\"")));
        add(all, "if-none-match", header("If-None-Match", "`*`: decide only if the entity has no event yet; else 412.",
                Nodes.constant("*")));
        add(all, "prefer", header("Prefer", "`return=representation`: answer with the new state, too.", Nodes.text()));
        add(all, "correlation-id", header("Correlation-Id", "What the command belongs to; recorded with its events.",
                Nodes.text().put("minLength", 1).put("maxLength", 255)));
        add(all, "traceparent", header("traceparent", "W3C trace context; recorded with the events.", Nodes.text()));
        add(all, "dry-run", query("dryRun", "Decide, but store nothing: shows the events that would be stored.",
                Nodes.object().put("type", "boolean")));
        add(all, "version", query("version", "The state at this past version.", Nodes.whole(1)));
        add(all, "at", query("at", "The state at this moment, RFC 3339.", Nodes.text().put("format", "date-time")));
        add(all, "after", query("after", "The events after this sequence.", Nodes.whole(0).put("default", 0)));
        add(all, "history-limit", query("limit", "How many events at most.",
                Nodes.whole(1).put("maximum", 1000).put("default", 100)));
        add(all, "consistency-token", header("Consistency-Token", "The view answers once it has passed these writes; "
                + "several tokens are separated by commas.", Nodes.text()));
        add(all, "consistency", query("consistency", "The same as the header Consistency-Token.", Nodes.text()));
        add(all, "prefer-view",
                header("Prefer", "`wait=10`: how many seconds to wait for the view at most (5 if absent, "
                        + "30 at most); `handling=lenient`: then answer with what it has, rather than with a 503.",
                        Nodes.text()));
        add(all, "fields", query("fields", "Only these fields of the rows, separated by commas.", Nodes.text()));
        add(all, "row-limit", query("limit", "How many rows at most; a page ends after some 8 MiB.",
                Nodes.whole(1).put("maximum", 1000)));
        add(all, "cursor", query("cursor", "Where the page before ended: its `next`.", Nodes.text()));
        addPast(all);
        add(all, "count", query("count", "Count all rows that match, too.", Nodes.object().put("type", "boolean")));
        return all;
    }

    private static void addPast(ObjectNode all) {
        String past = "; computed from the entity's events, however far the view is. At most one of `version`, `at` and "
                + "`asOf`; only in a view with one row per entity.";
        add(all, "row-version", query("version", "The row as it was after this event of the entity" + past,
                Nodes.whole(0)));
        add(all, "row-at", query("at", "The row as it was at this moment, RFC 3339" + past,
                Nodes.text().put("format", "date-time")));
        add(all, "row-as-of",
                query("asOf", "The row as of this Consistency-Token: with all that its owner may have seen"
                        + past, Nodes.text()));
    }

    static ObjectNode headers() {
        ObjectNode all = Nodes.object();
        add(all, "etag", described("The entity's version, quoted", Nodes.text().put("pattern", "^\"[0-9]+\"$")));
        add(all, "consistency-token",
                described("Opaque: a place in the journal. Of a command that of the events that it stored, or of "
                        + "the entity's latest event if it stored none; of an entity that of its latest event, except of a past "
                        + "state. Send it to a view, and the answer has at least this.", Nodes.text()));
        add(all, "idempotency-replayed", described("The answer that this key got before", Nodes.constant("true")));
        add(all, "retry-after", described("In how many seconds to try again", Nodes.whole(1)));
        add(all, "allow", described("The methods that there are", Nodes.text()));
        add(all, "ritsem-view-lag",
                described("For how many milliseconds the oldest event has been waiting that the view "
                        + "has not applied yet; it grows for as long as the view is stopped", Nodes.whole(0)));
        add(all, "ritsem-view-unplaced",
                described(
                        "How many events wait as dead letters of which nobody knows the row, so that any row may lack them "
                                + "(1001: more than 1000); absent if there are none",
                        Nodes.whole(1)));
        add(all, "link", described("`rel=\"next\"`: the next page", Nodes.text()));
        return all;
    }

    static ObjectNode query(String name, String description, ObjectNode schema) {
        return parameter("query", name, description, schema);
    }

    private static ObjectNode header(String name, String description, ObjectNode schema) {
        return parameter("header", name, description, schema);
    }

    static ObjectNode path(String name, String description, ObjectNode schema) {
        return parameter("path", name, description, schema).put("required", true);
    }

    private static ObjectNode parameter(String in, String name, String description, ObjectNode schema) {
        ObjectNode parameter = Nodes.object().put("name", name).put("in", in).put("description", description);
        parameter.set("schema", schema);
        return parameter;
    }

    private static ObjectNode described(String description, ObjectNode schema) {
        return Nodes.object().put("description", description).set("schema", schema);
    }

    private static void add(ObjectNode all, String name, ObjectNode node) {
        all.set(name, node);
    }
}

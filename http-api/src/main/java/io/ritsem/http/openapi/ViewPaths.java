package io.ritsem.http.openapi;

import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.ritsem.domain.EntityViewDefinition;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.http.server.Exchange;
import io.ritsem.projections.query.ViewQuery.Filter;
import io.ritsem.projections.query.ViewQuery.Operator;
import io.ritsem.runtime.json.JsonSchema;
import io.ritsem.runtime.json.JsonType;
import io.ritsem.runtime.json.Shape;

/** Describes what one view can be asked. Confined to the making of the description. */
final class ViewPaths {

    private static final Set<String> RESERVED = Set.of("limit", "sort", "cursor", "fields", "count", "consistency",
            "version", "at", "asOf");

    private static final String LIVE = """
                                       With `Accept: text/event-stream` the answer goes on, as server-sent events: `reset` (forget what came before), a `row` \
                                       for each row now, `ready`, and then a `row` for each that changes or begins to match and a `gone` (`{"key"}`) for each \
                                       that is deleted or stops matching; a row that has changed twice may come twice as it is after both. Each `id` is the view's Consistency-Token. Whoever comes back gets a `reset` and the \
                                       rows now, whatever its `Last-Event-ID`. Comment lines come while nothing changes. Whoever does not keep up gets an `end` \
                                       (`{"code":"slow-reader"}`) if it can still be told and is disconnected; other codes: `stopping` (the node stops), \
                                       `query-too-large` (too many rows match by now), `query-too-slow` (the rows, which it was to get anew, take too long to be \
                                       read), `overloaded`, `internal-error`.""";

    private final ViewDefinition<?> view;
    private final Shape.Fields row;
    private final String name;

    ViewPaths(ViewDefinition<?> view) {
        this.view = view;
        this.name = view.name();
        this.row = (Shape.Fields) JsonType.of(view.row()).shape();
    }

    void describe(ObjectNode paths, ObjectNode schemas) {
        schemas.set("view." + name + ".fields", JsonSchema.of(row));
        ObjectNode properties = Nodes.object();
        properties.set("key", Nodes.text());
        properties.set("row", Nodes.schemaRef("view." + name + ".fields"));
        properties.set("version", Nodes.orNull(Nodes.whole(1))
                .put("description",
                        "That of the entity that it was last built from; null in a view of another key"));
        properties.set("updatedAt", Nodes.text().put("format", "date-time"));
        properties.set("behind", behind());
        schemas.set("view." + name + ".row", Nodes.closed(properties, "key", "row", "version", "updatedAt"));
        ObjectNode page = Nodes.object();
        page.set("rows", Nodes.listOf(Nodes.schemaRef("view." + name + ".row")));
        page.set("next",
                Nodes.orNull(Nodes.text("The `cursor` of the next page; of large rows a page has fewer than `limit`")));
        page.set("count", Nodes.whole(0).put("description", "How many rows match in all, if it was asked for"));
        schemas.set("view." + name + ".page", Nodes.closed(page, "rows", "next"));
        describeQuery(paths);
        describeRow(paths);
    }

    private static ObjectNode behind() {
        ObjectNode properties = Nodes.object();
        properties.set("events", Nodes.whole(1).put("description", "Counted up to 1,001: that many or more"));
        properties.set("since", Nodes.text("When the oldest of those counted was recorded").put("format", "date-time"));
        return Nodes.closed(properties, "events", "since")
                .put("description",
                        "The events that could not be applied to the row, and those that wait behind them; absent if none");
    }

    private void describeRow(ObjectNode paths) {
        ObjectNode get = operation(paths.putObject("/api/views/%s/{key}".formatted(name)).putObject("get"), "row",
                "One row of " + name);
        ArrayNode parameters = get.putArray("parameters").add(Nodes.ref("parameters", "key"));
        if (view instanceof EntityViewDefinition) {
            for (String past : new String[]{"row-version", "row-at", "row-as-of"}) {
                parameters.add(Nodes.ref("parameters", past));
            }
        }
        addShared(parameters);
        get.put("description", LIVE + " A row that is not there yet is waited for.");
        answer(get, "view." + name + ".row");
        Problems.add(get.withObject("/responses"), 404);
    }

    private void describeQuery(ObjectNode paths) {
        ObjectNode get = operation(paths.putObject("/api/views/" + name).putObject("get"), "query", "Rows of " + name);
        get.put("description",
                "All filters must hold. `%s.gte=` and the like compare; a bare name is equality; `in` takes "
                        .formatted(example())
                        + "values separated by commas. Nulls come last; the key breaks ties.\n\n" + LIVE
                        + " A live query has all rows that match, 10,000 at most, in no order: it takes no `sort`, "
                        + "`limit`, `cursor` or `count`.");
        ArrayNode parameters = get.putArray("parameters");
        addFilters(parameters, "key", new Shape.Text());
        for (String field : view.indexed()) {
            addFilters(parameters, field, shapeOf(field));
        }
        parameters.add(
                Parameters.query("sort", "Fields to sort by, separated by commas; `-` in front of one turns its order",
                        Nodes.text().put("example", "-" + example())));
        for (String shared : new String[]{"row-limit", "cursor", "count"}) {
            parameters.add(Nodes.ref("parameters", shared));
        }
        addShared(parameters);
        answer(get, "view." + name + ".page");
        get.withObject("/responses/200/headers").set("Link", Nodes.ref("headers", "link"));
        Problems.add(get.withObject("/responses"), 404, 422);
    }

    private String example() {
        return view.indexed().isEmpty() ? "key" : view.indexed().getFirst();
    }

    private Shape shapeOf(String field) {
        if (field.equals(ViewDefinition.UPDATED_AT)) {
            return new Shape.Moment();
        }
        Shape.Field declared = row.fields().get(field);
        if (declared == null) {
            throw new IllegalArgumentException(
                    "The view '%s' declares '%s', but its row has only %s".formatted(name, field,
                            row.fields().keySet()));
        }
        return declared.shape();
    }

    /** A field that has the name of a parameter is always written with its operator. */
    private static void addFilters(ArrayNode parameters, String field, Shape shape) {
        for (Operator operator : Operator.takenBy(shape)) {
            ObjectNode schema = switch (operator) {
                case EXISTS -> Nodes.object().put("type", "boolean");
                case IN -> Nodes.text();
                case EQ, NE, GT, GTE, LT, LTE, PREFIX -> JsonSchema.of(shape);
            };
            String parameter = RESERVED.contains(field)
                    ? field + '.' + operator.text()
                    : new Filter(field, operator, List.of()).parameter();
            parameters.add(Parameters.query(parameter, "`%s` %s".formatted(field, operator.text()), schema)
                    .put("x-field", field));
        }
    }

    private static void addShared(ArrayNode parameters) {
        for (String shared : new String[]{"fields", "consistency", "consistency-token", "prefer-view"}) {
            parameters.add(Nodes.ref("parameters", shared));
        }
    }

    private static void answer(ObjectNode get, String schema) {
        ObjectNode responses = get.putObject("responses");
        ObjectNode found = responses.putObject("200").put("description", "What the view has");
        ObjectNode headers = found.putObject("headers");
        headers.set("Consistency-Token", Nodes.ref("headers", "consistency-token"));
        headers.set("Ritsem-View-Lag", Nodes.ref("headers", "ritsem-view-lag"));
        headers.set("Ritsem-View-Unplaced", Nodes.ref("headers", "ritsem-view-unplaced"));
        ObjectNode content = Nodes.content(Exchange.JSON, Nodes.schemaRef(schema));
        content.setAll(Nodes.content(Exchange.EVENT_STREAM,
                Nodes.text("Server-sent events; the `data` of a `row` is what JSON gives of one")));
        found.set("content", content);
        Problems.add(responses, 400, 405, 406, 410, 500, 503);
    }

    private ObjectNode operation(ObjectNode operation, String id, String summary) {
        operation.put("operationId", "view.%s.%s".formatted(name, id))
                .put("summary", summary)
                .putArray("tags")
                .add("view " + name);
        return operation;
    }
}

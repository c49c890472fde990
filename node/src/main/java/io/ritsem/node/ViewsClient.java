package io.ritsem.node;

import java.io.PrintStream;
import java.net.URI;
import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Asks a running node how its views are doing, or to do something with one. Confined to the main thread. */
final class ViewsClient {

    static final String PATH = "/api/admin/projections";
    private static final String LINE = "%-24s %4s  %-9s %-10s %10s %10s %7s  %s";

    private final NodeApi node;
    private final PrintStream out;
    private final Table table;

    /** @param node where its API is, such as {@code http://127.0.0.1:8080} */
    ViewsClient(URI node, PrintStream out) {
        this.node = new NodeApi(node);
        this.out = out;
        this.table = new Table(out, LINE);
    }

    /**
     * Prints all generations of all views.
     *
     * @throws NodeStartException if no node answers, or with a problem
     */
    void list() {
        JsonNode views = node.get(PATH).path("views");
        table.print("view", "gen", "state", "condition", "lag ms", "behind", "parked", "");
        for (JsonNode view : views) {
            for (JsonNode generation : view.path("generations")) {
                table.print(view.path("view").asText(), generation.path("generation").asText(),
                        generation.path("state").asText(), generation.path("condition").asText(),
                        number(generation.path("lag")), number(generation.path("behind")),
                        number(generation.path("deadLetters")), about(generation));
            }
        }
    }

    private static String about(JsonNode generation) {
        JsonNode build = generation.path("build");
        StringBuilder about = new StringBuilder();
        if (build.isObject()) {
            about.append("%s %% of about %s, %s/s".formatted(build.path("percent").asText(),
                    number(build.path("expected")), number(build.path("eventsPerSecond"))));
            about.append(build.has("toGo") ? ", %d s to go".formatted(build.path("toGo").asLong() / 1000) : "");
            about.append(build.has("limit") ? ", at most %s/s".formatted(number(build.path("limit"))) : ", no limit");
            about.append(build.path("switching").asText().equals("manual") ? ", waits for 'views switch'" : "");
        }
        if (!generation.path("ofThisVersion").asBoolean()) {
            about.append(about.isEmpty() ? "" : ", ").append("of another version of the application");
        }
        return about.toString();
    }

    static String number(JsonNode value) {
        return String.format(Locale.ROOT, "%,d", value.asLong());
    }

    /**
     * Has the node do something with a view, and prints what it has done.
     *
     * @throws NodeStartException if no node answers, or with a problem
     */
    void act(Order.ViewAction order) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("reason", order.reason());
        order.build().rate().ifPresent(rate -> body.put("eventsPerSecond", rate));
        if (order.build().manual()) {
            body.put("manual", true);
        }
        JsonNode done = node.post(PATH + '/' + NodeApi.encoded(order.view()) + '/' + order.action(), body);
        JsonNode generation = done.path("generation");
        out.printf("%s: %s%s%s%n", order.action(), done.path("view").asText(),
                done.has("generation") ? " (generation " + generation.asText() + ")" : "",
                done.path("serving").asBoolean() ? " serves" : "");
    }
}

package io.ritsem.node;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Asks a running node how its views are doing, or to do something with one. Confined to the main thread. */
final class ViewsClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/api/admin/projections";
    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    private static final Duration TO_ANSWER = Duration.ofSeconds(30);
    private static final String LINE = "%-24s %4s  %-9s %-10s %10s %10s %7s  %s%n";

    private final URI node;
    private final PrintStream out;

    /** @param node where its API is, such as {@code http://127.0.0.1:8080} */
    ViewsClient(URI node, PrintStream out) {
        this.node = node;
        this.out = out;
    }

    /**
     * Prints all generations of all views.
     *
     * @throws NodeStartException if no node answers, or with a problem
     */
    void list() {
        JsonNode views = ask(request(PATH).GET().build()).path("views");
        out.printf(LINE, "view", "gen", "state", "condition", "lag ms", "behind", "parked", "");
        for (JsonNode view : views) {
            for (JsonNode generation : view.path("generations")) {
                out.printf(LINE, view.path("view").asText(), generation.path("generation").asText(),
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
            about.append(
                    build.path("toGo").isNull() ? "" : ", %d s to go".formatted(build.path("toGo").asLong() / 1000));
            about.append(build.path("limit").isNull() ? "" : ", at most %s/s".formatted(number(build.path("limit"))));
            about.append(build.path("switching").asText().equals("manual") ? ", waits for 'views switch'" : "");
        }
        if (!generation.path("ofThisVersion").asBoolean()) {
            about.append(about.isEmpty() ? "" : ", ").append("of another version of the application");
        }
        return about.toString();
    }

    private static String number(JsonNode value) {
        return String.format(Locale.ROOT, "%,d", value.asLong());
    }

    /**
     * Has the node do something with a view, and prints what it has done.
     *
     * @throws NodeStartException if no node answers, or with a problem
     */
    void act(Order.ViewAction order) {
        ObjectNode body = JSON.createObjectNode().put("reason", order.reason());
        order.build().rate().ifPresent(rate -> body.put("eventsPerSecond", rate));
        if (order.build().manual()) {
            body.put("manual", true);
        }
        String path = PATH + '/' + URLEncoder.encode(order.view(), StandardCharsets.UTF_8).replace("+", "%20") + '/'
                + order.action();
        JsonNode done = ask(request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
        JsonNode generation = done.path("generation");
        out.printf("%s: %s%s%s%n", order.action(), done.path("view").asText(),
                generation.isNull() ? "" : " (generation " + generation.asText() + ")",
                done.path("serving").asBoolean() ? " serves" : "");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(node.resolve(path)).timeout(TO_ANSWER);
    }

    private JsonNode ask(HttpRequest request) {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TO_CONNECT).build()) {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            JsonNode json = JSON.readTree(answer.body());
            if (answer.statusCode() >= 300) {
                throw new NodeStartException(json.path("detail").asText(answer.body()));
            }
            return json;
        } catch (ConnectException nobody) {
            throw new NodeStartException(
                    "No node answers at %s: start one, or say where it is with --url".formatted(node),
                    nobody);
        } catch (JsonProcessingException strange) {
            throw new NodeStartException("What answers at %s is no node of Ritsem".formatted(node), strange);
        } catch (IOException failure) {
            throw new NodeStartException("The node at %s did not answer: %s".formatted(node, failure.getMessage()),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new NodeStartException("Interrupted while waiting for the node at " + node, interrupted);
        }
    }
}

package io.ritsem.node;

import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** Asks a running node about the dead letters of a view, or to do something about them. Confined to the main thread. */
final class LettersClient {

    private static final String PATH = "/api/admin/dead-letters";
    private static final int PAGE = 500;
    private static final int SHOWN = 10;
    /** A view has dead letters of some 1,000 keys at most, in each of three generations. */
    private static final int MOST_KEYS = 5_000;
    private static final int LONGEST_ERROR = 120;
    private static final int NOT_FOUND = 404;
    private static final String LINE = "%-32s %-6s %4s %8s  %-27s  %s";

    private final NodeApi node;
    private final PrintStream out;
    private final Table table;

    /** @param node where its API is, such as {@code http://127.0.0.1:8080} */
    LettersClient(URI node, PrintStream out) {
        this.node = new NodeApi(node);
        this.out = out;
        this.table = new Table(out, LINE);
    }

    /**
     * Does what is asked for, and prints what there is or was done.
     *
     * @throws NodeStartException if no node answers, or with a problem, or if dead letters that were to be applied wait on
     */
    void carryOut(Order.OfLetters order) {
        switch (order) {
            case Order.ListLetters(_, String view) -> print(view, list(view));
            case Order.ShowLetters(_, String view, Order.LetterKey key) -> show(view, key);
            case Order.MendLetters mend -> mend(mend);
            case Order.RetryAllLetters(_, String view, String reason) -> retryAll(view, reason);
        }
    }

    private List<JsonNode> list(String view) {
        List<JsonNode> lines = new ArrayList<>();
        String query = "?view=%s&limit=%d".formatted(NodeApi.encoded(view), PAGE);
        JsonNode page = node.get(PATH + query);
        page.path("deadLetters").forEach(lines::add);
        while (lines.size() < MOST_KEYS && page.path("next").isTextual()) {
            page = node.get(PATH + query + "&cursor=" + NodeApi.encoded(page.path("next").asText()));
            page.path("deadLetters").forEach(lines::add);
        }
        return lines;
    }

    private void print(String view, List<JsonNode> lines) {
        if (lines.isEmpty()) {
            out.printf("The view '%s' has no dead letters%n", view);
            return;
        }
        table.print("key", "", "gen", "events", "oldest", "why the first one waits");
        for (JsonNode line : lines) {
            table.print(plain(line.path("key").asText()), line.path("entity").asBoolean() ? "entity" : "row",
                    line.path("generation").asText(), ViewsClient.number(line.path("events")),
                    line.path("since").asText(),
                    shortened(line.path("first").path("error").asText("it was not tried")));
        }
    }

    private static String shortened(String error) {
        String line = plain(error.lines().findFirst().orElse(""));
        return line.length() <= LONGEST_ERROR ? line : line.substring(0, LONGEST_ERROR) + "...";
    }

    /** Keys and errors repeat what anybody has sent: a terminal must not obey it. */
    private static String plain(String text) {
        return text.replace("\t", "    ").replaceAll("\\p{Cc}", "?");
    }

    private static String path(String view, Order.LetterKey key, String action) {
        return PATH + '/' + NodeApi.encoded(view) + '/' + NodeApi.encoded(key.key()) + action
                + (key.entity() ? "?entity=true" : "?entity=false");
    }

    private void show(String view, Order.LetterKey key) {
        JsonNode found = node.get(path(view, key, "") + "&limit=" + SHOWN);
        for (JsonNode generation : found.path("generations")) {
            JsonNode first = generation.path("first");
            out.printf("%s (generation %s): events that wait for the %s %s: %s%n", view,
                    generation.path("generation").asText(), key.entity() ? "entity" : "row", key.key(),
                    ViewsClient.number(generation.path("events")));
            first.forEach(this::show);
            if (generation.path("events").asLong() > first.size()) {
                out.printf("  ... and %,d more%n", generation.path("events").asLong() - first.size());
            }
        }
    }

    private void show(JsonNode letter) {
        out.printf("  event %s of %s, %s, recorded %s, tried: %s%n", letter.path("sequence").asText(),
                letter.path("entity").asText(), letter.path("type").asText(), letter.path("time").asText(),
                ViewsClient.number(letter.path("attempts")));
        out.printf("    %s%n", letter.path("data"));
        if (letter.has("edited")) {
            out.printf("    edited: %s%n", letter.path("edited"));
        }
        letter.path("stack").asText("").lines().forEach(line -> out.printf("    %s%n", plain(line)));
    }

    private void mend(Order.MendLetters order) {
        JsonNode mended = node.post(path(order.view(), order.key(), '/' + order.action()), because(order.reason()));
        for (JsonNode generation : mended.path("generations")) {
            out.printf("%s: %s %s (generation %s): %s applied, %s wait%s%n", order.action(), order.view(),
                    order.key().key(), generation.path("generation").asText(),
                    ViewsClient.number(generation.path("applied")), ViewsClient.number(generation.path("waiting")),
                    generation.has("error") ? ": " + shortened(generation.path("error").asText()) : "");
        }
        if (!isDone(mended)) {
            throw new NodeStartException("'%s' still has dead letters in the view '%s'".formatted(order.key().key(),
                    order.view()));
        }
    }

    private static JsonNode because(String reason) {
        return JsonNodeFactory.instance.objectNode().put("reason", reason);
    }

    private static boolean isDone(JsonNode mended) {
        return mended.path("generations").findValues("waiting").stream().allMatch(waiting -> waiting.asLong() == 0);
    }

    /** Each key once. Entities first: what they do may have to wait for rows. */
    private void retryAll(String view, String reason) {
        Set<Order.LetterKey> keys = new LinkedHashSet<>();
        list(view).stream()
                .map(line -> new Order.LetterKey(line.path("key").asText(), line.path("entity").asBoolean()))
                .sorted(Comparator.comparing(Order.LetterKey::entity).reversed())
                .forEach(keys::add);
        int done = 0;
        for (Order.LetterKey key : keys) {
            NodeApi.Answer answer = node.tryPost(path(view, key, "/retry"), because(reason));
            if (answer.status() == NOT_FOUND || (answer.status() < 300 && isDone(answer.body()))) {
                done++; // or somebody else has meanwhile
            } else if (answer.status() >= 300) {
                out.printf("%s: %s%n", plain(key.key()), answer.problem());
            }
        }
        out.printf("retry: %s: %,d of %,d keys do not wait any more%n", view, done, keys.size());
        List<JsonNode> left = list(view);
        if (!left.isEmpty()) {
            print(view, left);
            throw new NodeStartException("The view '%s' still has dead letters".formatted(view));
        }
    }
}

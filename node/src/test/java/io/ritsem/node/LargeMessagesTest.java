package io.ritsem.node;

import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Entity;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;

/** What is large goes from node to node as well as to the entity's own. Each test asks both nodes: the entity lives on one. */
class LargeMessagesTest {

    private static final int MIB = 1 << 20;
    private static final int ALMOST_AN_EVENT = MIB - 20;
    private static final String SHELF = "/api/entities/shelf/";

    private static BankCluster cluster;

    /** A shelf, on which one puts large things. */
    static final class Shelf implements Entity<Shelf.Command, Shelf.Event, Shelf.State> {

        sealed interface Command {
            record Put(String thing) implements Command {}

            record Fill(int size, int times) implements Command {}

            record Praise(int size) implements Command {}

            record Refuse(int size) implements Command {}
        }

        sealed interface Event {
            record Filled(String thing) implements Event {}
        }

        record State(List<String> things) {}

        @Override public State initial() {
            return new State(List.of());
        }

        @Override public Decision<? extends Event> decide(State state, Command command, Context context) {
            return switch (command) {
                case Command.Put(var thing) -> Decision.accept(new Event.Filled(thing));
                case Command.Fill(var size, var times) -> Decision.accept(
                        Collections.nCopies(times, new Event.Filled("x".repeat(size))).toArray(Event[]::new));
                case Command.Praise(var size) -> Decision.accept(new Event.Filled("x")).reply("x".repeat(size));
                case Command.Refuse(var size) -> Decision.reject("full", "It is full", Map.of("why", "x".repeat(size)));
            };
        }

        @Override public State evolve(State state, Event event) {
            return switch (event) {
                case Event.Filled(var thing) -> new State(
                        Stream.concat(state.things().stream(), Stream.of(thing)).toList());
            };
        }
    }

    @BeforeAll static void start() throws Exception {
        Application shelves = app -> app.entity("shelf", new Shelf());
        cluster = BankCluster.of(2, Map.of(), ApplicationModel.of(shelves));
    }

    @AfterAll static void stop() {
        cluster.close();
    }

    @Test void a_body_of_just_the_limit() {
        String body = "{\"thing\":\"%s\"}".formatted("x".repeat((256 << 10) - 12));

        for (BankNode node : cluster.nodes()) {
            HttpResponse<String> put = node.post(SHELF + "body/put", body);
            assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        }
        assertThat(states("body")).allMatch(state -> state.body().length() > 512 << 10);
    }

    @Test void an_event_of_almost_the_largest_size() {
        for (BankNode node : cluster.nodes()) {
            HttpResponse<String> filled = fill(node, "event", 1, "");
            assertThat(filled.statusCode()).as(filled.body()).isEqualTo(200);
            assertThat(filled.body()).hasSizeGreaterThan(ALMOST_AN_EVENT).doesNotContain("omitted");
        }
    }

    @Test void an_answer_that_is_too_large_leaves_out_what_can_be_asked_for_elsewhere() {
        for (int turn = 0; turn < 2; turn++) {
            HttpResponse<String> filled = fill(cluster.node(turn), "state", 3, "", "Prefer", "return=representation",
                    "Idempotency-Key", "k" + turn);
            assertThat(filled.statusCode()).isEqualTo(200);
            assertThat(filled.body()).hasSizeBetween(3 * ALMOST_AN_EVENT, 4 * MIB)
                    .contains("\"omitted\":{\"parts\":[\"state\"],\"bytes\":")
                    .endsWith(",\"limit\":4194304}}");
            assertThat(filled.headers().firstValue("Preference-Applied")).isEmpty();
            for (BankNode node : cluster.nodes()) {
                HttpResponse<String> again = fill(node, "state", 3, "", "Prefer", "return=representation",
                        "Idempotency-Key", "k" + turn);
                assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
                assertThat(again.body()).isEqualTo(filled.body());
            }
        }
    }

    @Test void events_that_are_too_large_together_are_told_without_their_data() {
        for (int turn = 1; turn <= 2; turn++) {
            HttpResponse<String> filled = fill(cluster.node(turn - 1), "data", 5, "");
            assertThat(filled.body()).startsWith(bare("data", turn * 5, turn * 5 - 4))
                    .contains("\"omitted\":{\"parts\":[\"data\"],\"bytes\":");
        }
        for (BankNode node : cluster.nodes()) {
            assertThat(node.get(SHELF + "data/events?after=9").body()).hasSizeGreaterThan(ALMOST_AN_EVENT);
        }
    }

    @Test void a_dry_run_whose_answer_is_too_large() {
        for (BankNode node : cluster.nodes()) {
            HttpResponse<String> tried = fill(node, "dry", 5, "?dryRun=true", "Prefer", "return=representation");
            assertThat(tried.body()).startsWith(bare("dry", 0, 1))
                    .contains("\"omitted\":{\"parts\":[\"state\",\"data\"],\"bytes\":");
        }
    }

    @Test void a_state_that_is_too_large_is_an_error_that_says_so() {
        assertThat(fill(cluster.node(0), "large", 5, "").statusCode()).isEqualTo(200);

        for (BankNode node : cluster.nodes()) {
            HttpResponse<String> state = node.get(SHELF + "large");
            assertThat(state.statusCode()).isEqualTo(500);
            assertThat(state.body()).contains("\"code\":\"state-too-large\"", "\"limit\":4194304", "\"current\":5",
                    "The state of shelf 'large' has 5242", " bytes at version 5; at most 4194304", "?version=5");
            assertThat(node.get(SHELF + "large?version=5").body()).hasSizeGreaterThan(5 * ALMOST_AN_EVENT);
        }
    }

    @Test void a_reply_or_a_rejection_may_be_as_large_as_an_event() {
        for (BankNode node : cluster.nodes()) {
            assertThat(say(node, "praise", ALMOST_AN_EVENT).statusCode()).isEqualTo(200);
            assertThat(say(node, "refuse", ALMOST_AN_EVENT).statusCode()).isEqualTo(422);
            for (String command : List.of("praise", "refuse")) {
                HttpResponse<String> large = say(node, command, MIB);
                assertThat(large.statusCode()).isEqualTo(500);
                assertThat(large.body()).contains("\"code\":\"internal-error\"");
            }
        }
        assertThat(states("said")).allMatch(state -> state.body().contains("\"version\":2,"));
    }

    private static HttpResponse<String> say(BankNode node, String command, int size) {
        return node.post(SHELF + "said/" + command, "{\"size\":%d}".formatted(size));
    }

    private static HttpResponse<String> fill(BankNode node, String id, int times, String query, String... headers) {
        return node.post(SHELF + id + "/fill" + query,
                "{\"size\":%d,\"times\":%d}".formatted(ALMOST_AN_EVENT, times), headers);
    }

    private static List<HttpResponse<String>> states(String id) {
        return cluster.nodes().stream().map(node -> node.get(SHELF + id)).toList();
    }

    /** An answer with five events, up to what follows them. */
    private static String bare(String id, int version, int first) {
        return "{\"type\":\"shelf\",\"id\":\"%s\",\"version\":%d,\"events\":[".formatted(id, version)
                + String.join(",", IntStream.range(first, first + 5)
                        .mapToObj("{\"type\":\"filled\",\"sequence\":%d,\"data\":null}"::formatted)
                        .toList())
                + "],";
    }
}

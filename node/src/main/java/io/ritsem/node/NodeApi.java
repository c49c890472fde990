package io.ritsem.node;

import java.io.IOException;
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

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The API of a running node, for the command line. Confined to the main thread. */
final class NodeApi {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    /** A retry of dead letters takes 10 s at most, and beyond that up to 4 s to begin in each of three generations. */
    private static final Duration TO_ANSWER = Duration.ofSeconds(45);

    private final URI node;

    /** @param node where it is, such as {@code http://127.0.0.1:8080} */
    NodeApi(URI node) {
        this.node = node;
    }

    /** An answer, whatever it says. */
    record Answer(int status, JsonNode body) {

        /** What the node says is wrong, for a person. */
        String problem() {
            return body.path("detail").asText(body.toString());
        }
    }

    /** A segment of a path. */
    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** @throws NodeStartException if no node answers, or with a problem */
    JsonNode get(String path) {
        return required(ask(request(path).GET().build()));
    }

    /** @throws NodeStartException if no node answers, or with a problem */
    JsonNode post(String path, JsonNode body) {
        return required(tryPost(path, body));
    }

    /** @throws NodeStartException if no node answers */
    Answer tryPost(String path, JsonNode body) {
        return ask(request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    private static JsonNode required(Answer answer) {
        if (answer.status() >= 300) {
            throw new NodeStartException(answer.problem());
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(node.resolve(path)).timeout(TO_ANSWER);
    }

    private Answer ask(HttpRequest request) {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TO_CONNECT).build()) {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
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

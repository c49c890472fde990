package io.ritsem.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Commands sent to a node in bulk. Thread-safe. */
final class Bulk implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpRequest.Builder request;

    Bulk(int port) {
        request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/commands"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-ndjson");
    }

    /** A line. */
    static String command(int account, String command, String data, String key) {
        return "{\"type\":\"account\",\"id\":\"%d\",\"command\":\"%s\",\"data\":%s,\"key\":\"%s\"}".formatted(account,
                command,
                data, key);
    }

    /** Sends them, and returns how many they were; all of them must have been accepted. */
    int send(List<String> lines) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> answer = client.send(
                request.copy().POST(BodyPublishers.ofString(String.join("\n", lines))).build(), BodyHandlers.ofLines());
        try (Stream<String> results = answer.body()) {
            Map<Boolean, List<String>> accepted = results
                    .collect(Collectors.partitioningBy(line -> line.startsWith("{\"status\":200,")));
            List<String> others = accepted.getOrDefault(false, List.of());
            if (others.size() > 0 || accepted.getOrDefault(true, List.of()).size() != lines.size()) {
                throw new IllegalStateException("Of %d commands in bulk %d were not accepted, such as %s"
                        .formatted(lines.size(), others.size(), others.isEmpty() ? "the last" : others.getFirst()));
            }
        }
        return lines.size();
    }

    @Override public void close() {
        client.close();
    }
}

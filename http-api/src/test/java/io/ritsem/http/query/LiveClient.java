package io.ritsem.http.query;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.ritsem.http.sample.TestClient;

/** Reads a view live over HTTP and puts together what it is told, on a thread of its own. Thread-safe. */
final class LiveClient implements AutoCloseable {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpResponse<java.io.InputStream> response;
    private final Map<String, String> rows = new HashMap<>(); // guarded by this, as all below
    private final List<String> lines = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private boolean closed;

    LiveClient(int port, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Accept", "text/event-stream");
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String event = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("event: ")) {
                    event = line.substring("event: ".length());
                }
                note(event, line);
            }
        } catch (IOException _) {
            // closed by either side
        }
        synchronized (this) {
            closed = true;
        }
    }

    private synchronized void note(String event, String line) {
        lines.add(line);
        if (!line.startsWith("data: ")) {
            return;
        }
        String data = line.substring("data: ".length());
        events.add(event + ' ' + data);
        switch (event) {
            case "reset" -> rows.clear();
            case "row" -> rows.put(TestClient.parse(data).get("key").textValue(),
                    TestClient.parse(data).get("row").toString());
            case "gone" -> rows.remove(TestClient.parse(data).get("key").textValue());
            default -> {}
        }
    }

    HttpResponse<?> response() {
        return response;
    }

    /** The rows by key, as JSON. */
    synchronized Map<String, String> rows() {
        return new TreeMap<>(rows);
    }

    /** Each event's name and data. */
    synchronized List<String> events() {
        return List.copyOf(events);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override public void close() {
        client.shutdownNow();
    }
}

package io.ritsem.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.ritsem.harness.Latencies;

/**
 * Clients that read a view live, each with a connection of its own, and check what they are told: no row goes back, and in
 * the end each stands where the last deposit has left it. Thread-safe.
 */
final class LiveClients implements AutoCloseable {

    private static final int AT_ONCE = 50;
    private static final int PATIENCE_SECONDS = 30;

    private final int port;
    private final DepositTimes deposits;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<LiveClient> clients = new ArrayList<>();
    private final AtomicInteger wentBack = new AtomicInteger();
    private final AtomicInteger begunAnew = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    LiveClients(int port, DepositTimes deposits) {
        this.port = port;
        this.deposits = deposits;
    }

    /** Lets one client read for each of these paths, and returns when all have the rows of that moment. */
    void join(List<String> paths) throws InterruptedException {
        for (int from = 0; from < paths.size(); from += AT_ONCE) {
            List<LiveClient> some = paths.subList(from, Math.min(paths.size(), from + AT_ONCE))
                    .stream()
                    .map(this::join)
                    .toList();
            for (LiveClient each : some) {
                if (!each.ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("A live client got no rows within " + PATIENCE_SECONDS + " s");
                }
            }
            clients.addAll(some);
        }
    }

    private LiveClient join(String path) {
        LiveClient client = new LiveClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Accept", "text/event-stream")
                .build();
        CompletableFuture<Void> reading = http.sendAsync(request, BodyHandlers.fromLineSubscriber(client))
                .thenAccept(answer -> ended.incrementAndGet());
        client.reading = reading;
        return client;
    }

    /** How many rows all of them were told of. */
    long told() {
        return clients.stream().mapToLong(client -> client.delays().length).sum();
    }

    /** From the acknowledgement of a deposit until each client that reads its row knew of it, or of a later one. */
    Latencies delays() {
        Latencies delays = new Latencies();
        clients.forEach(client -> delays.add(client.delays()));
        return delays;
    }

    /** How often a row was older than the one before. */
    int wentBack() {
        return wentBack.get();
    }

    /** How often a client was given all rows anew, beyond the first time. */
    int begunAnew() {
        return begunAnew.get();
    }

    /** How many clients the node has sent away. */
    int ended() {
        return ended.get();
    }

    /** How many rows a client knows in an older state than the last deposit has left, and how many they all know. */
    Missing missing() {
        Missing missing = new Missing(0, 0);
        for (LiveClient client : clients) {
            for (Map.Entry<String, Long> row : client.versions.entrySet()) {
                boolean old = row.getValue() < deposits.last(row.getKey());
                missing = new Missing(missing.rows() + (old ? 1 : 0), missing.of() + 1);
            }
        }
        return missing;
    }

    /** Rows that are older than they should be, of all that are known. */
    record Missing(int rows, int of) {}

    @Override public void close() {
        clients.forEach(client -> {
            if (client.reading != null) {
                client.reading.cancel(true);
            }
        });
        http.shutdownNow();
    }

    /** What one client is told, line by line. Its lines come one at a time, whoever brings them. */
    private final class LiveClient implements Flow.Subscriber<String> {

        private final CountDownLatch ready = new CountDownLatch(1);
        private final Map<String, Long> versions = new ConcurrentHashMap<>();
        private final List<Long> delays = new ArrayList<>(); // guarded by itself
        private volatile @Nullable CompletableFuture<Void> reading;
        private String event = "";

        @Override public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override public void onNext(String line) {
            if (line.startsWith("event: ")) {
                event = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                data(line);
            }
        }

        private void data(String json) {
            switch (event) {
                case "row" -> row(json);
                case "ready" -> ready.countDown();
                case "reset" -> {
                    if (ready.getCount() == 0) {
                        begunAnew.incrementAndGet();
                    }
                }
                default -> throw new IllegalStateException("An event that nobody expects: " + event + ' ' + json);
            }
        }

        private void row(String json) {
            String key = between(json, "\"key\":\"", '"');
            long version = Long.parseLong(between(json, "\"version\":", ','));
            @Nullable Long before = versions.put(key, version);
            if (before != null && before > version) {
                wentBack.incrementAndGet();
            }
            if (ready.getCount() == 0) {
                long delay = deposits.sinceAcknowledged(key, version);
                synchronized (delays) {
                    delays.add(delay);
                }
            }
        }

        private static String between(String json, String start, char end) {
            int from = json.indexOf(start) + start.length();
            return json.substring(from, json.indexOf(end, from));
        }

        private long[] delays() {
            synchronized (delays) {
                return delays.stream().mapToLong(Long::longValue).toArray();
            }
        }

        @Override public void onError(Throwable failure) {
            ended.incrementAndGet();
        }

        @Override public void onComplete() {
            // counted where the answer ends
        }
    }
}

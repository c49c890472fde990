package bank.replay;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/** The node, over HTTP. Thread-safe. */
final class Node implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MOST_TRIES = 20;
    private static final Set<String> WORTH_ANOTHER_TRY = Set.of("409", "429", "503", "504");

    private final URI root;
    private final HttpClient http;

    Node(URI root) {
        this.root = root;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** Whether an answer of this status says: nothing is wrong with the command, send it again with the same key. */
    static boolean isWorthAnotherTry(String status) {
        return WORTH_ANOTHER_TRY.contains(status);
    }

    /**
     * Waits before another try, longer each time: 20 of them last half a minute.
     *
     * @throws ReplayException if there have been too many
     */
    static void pauseBefore(int attempt, String lastAnswer) throws ReplayException {
        if (attempt > MOST_TRIES) {
            throw new ReplayException("gave up after %d tries without progress, the last answer being %s"
                    .formatted(MOST_TRIES, lastAnswer));
        }
        try {
            Thread.sleep(Math.min(2_000, 50L << Math.min(attempt, 6)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        }
    }

    /**
     * Sends a bulk request.
     *
     * @param answer gets each line of the answer as it comes, also of one that breaks off, on a thread of the client
     * @return the whole answer if it is none of lines, but a problem; else empty
     * @throws ReplayException if the node was not there, the answer broke off, or it took longer than a minute
     */
    String bulk(List<BulkCommand> commands, Consumer<String> answer) throws ReplayException {
        StringBuilder body = new StringBuilder();
        commands.forEach(command -> body.append(command.json()).append('\n'));
        HttpRequest request = HttpRequest.newBuilder(root.resolve("api/commands"))
                .header("Content-Type", "application/x-ndjson")
                .timeout(DEADLINE)
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        return await(request, http.sendAsync(request, info -> info.statusCode() == 200
                ? BodySubscribers.fromLineSubscriber(new Lines(answer), _ -> "", StandardCharsets.UTF_8, "\n")
                : BodySubscribers.ofString(StandardCharsets.UTF_8))).body();
    }

    /**
     * Reads a document, as fresh as the token asks for.
     *
     * @return the document, or JSON's null if there is none
     * @throws ReplayException if the node does not give one
     */
    Json get(String path, @Nullable String token) throws ReplayException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(root.resolve(path)).timeout(DEADLINE);
        if (token != null) {
            builder.header("Consistency-Token", token);
        }
        HttpRequest request = builder.build();
        int attempt = 1;
        while (true) {
            HttpResponse<String> response = await(request, http.sendAsync(request, BodyHandlers.ofString()));
            switch (response.statusCode()) {
                case 200 -> {
                    return Json.parse(response.body());
                }
                case 404 -> {
                    return new Json(null);
                }
                case 429, 503 -> pauseBefore(attempt++, response.body());
                default -> throw new ReplayException("GET %s answered %s".formatted(request.uri(), response.body()));
            }
        }
    }

    private static <T> HttpResponse<T> await(HttpRequest request, CompletableFuture<HttpResponse<T>> response)
            throws ReplayException {
        try {
            return response.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException || e.getCause() instanceof HttpConnectTimeoutException) {
                throw new ReplayException.NotSent("cannot connect to " + request.uri(), e);
            }
            throw new ReplayException("lost the connection to %s: %s".formatted(request.uri(), e.getCause()), e);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new ReplayException("no answer of %s in %d s".formatted(request.uri(), DEADLINE.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        }
    }

    @Override public void close() {
        http.shutdownNow();
    }

    /** Hands lines on. Stateless. */
    private record Lines(Consumer<String> consumer) implements Flow.Subscriber<String> {

        @Override public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override public void onNext(String line) {
            consumer.accept(line);
        }

        @Override public void onError(Throwable error) {
            // the response's future fails with it
        }

        @Override public void onComplete() {
            // the response's future completes
        }
    }
}

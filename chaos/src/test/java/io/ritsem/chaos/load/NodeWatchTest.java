package io.ritsem.chaos.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;

import io.ritsem.harness.Address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The reader itself: what it must not be shown is seen, and what a node that is away owes nobody is not held against it. */
class NodeWatchTest {

    private static final int PATIENCE_SECONDS = 20;
    private static final Attempt ACCEPTED = new Attempt(Command.deposit("a", "k", 100), 1, 0, 1,
            new Told.Accepted(3, "token", "[]", false));

    /** An answer: a status and a body. */
    private record Said(int status, String body) {}

    @Test void is_content_with_rows_that_are_as_new_as_what_was_accepted() throws IOException {
        List<String> broken = broken(path -> path.contains("turnover") ? new Said(200, "{\"postings\":1}")
                : new Said(200, "{\"row\":{\"balance\":\"1.00\",\"events\":7},\"version\":3}"));

        assertThat(broken).isEmpty();
    }

    @Test void sees_a_row_that_lacks_what_was_accepted_and_one_that_is_there_twice() throws IOException {
        List<String> broken = broken(path -> path.contains("turnover") ? new Said(200, "{\"postings\":2}")
                : new Said(200, "{\"row\":{\"balance\":\"1.00\",\"events\":7},\"version\":2}"));

        assertThat(broken).anyMatch(line -> line.contains("version 2 of a with a token after that of version 3"))
                .anyMatch(line -> line.contains("the turnover of k with a token"));
    }

    @Test void sees_rows_that_are_older_than_what_it_has_seen() throws IOException {
        AtomicInteger events = new AtomicInteger(1_000_000);
        AtomicInteger version = new AtomicInteger(1_000_000);
        List<String> broken = broken(path -> path.contains("turnover") ? new Said(200, "{\"postings\":1}")
                : new Said(200, "{\"row\":{\"balance\":\"1.00\",\"events\":%d},\"version\":%d}"
                        .formatted(events.decrementAndGet(), version.decrementAndGet())));

        assertThat(broken).anyMatch(line -> line.contains("showed version"))
                .anyMatch(line -> line.contains("events in"));
    }

    @Test void takes_older_rows_from_a_database_that_has_crashed_but_not_with_a_token() throws IOException {
        AtomicInteger version = new AtomicInteger(9);
        AtomicInteger asked = new AtomicInteger();
        try (Node node = new Node(path -> {
            asked.incrementAndGet();
            return new Said(200,
                    "{\"row\":{\"balance\":\"1.00\",\"events\":7},\"version\":%d,\"postings\":1}"
                            .formatted(version.get()));
        }); NodeWatch watch = new NodeWatch(node.address(), accepted(), 1)) {
            await(() -> asked.get() > 20);
            watch.forgiveOlder();
            version.set(5);
            watch.forgiveOlder();
            int before = asked.get();
            await(() -> asked.get() > before + 20);

            assertThat(watch.broken()).isEmpty();

            version.set(2);
            watch.forgiveOlder();

            await(() -> watch.broken()
                    .stream()
                    .anyMatch(line -> line.contains("with a token after that of version 3")));
        }
    }

    @Test void sees_errors_but_takes_it_from_a_view_that_it_is_behind() throws IOException {
        assertThat(broken(_ -> new Said(500, "{}"))).isNotEmpty();
        assertThat(broken(_ -> new Said(503, "{\"code\":\"view-behind\"}")))
                .isNotEmpty()
                .allMatch(line -> line.contains("without a token"));
    }

    @Test void holds_nothing_against_a_node_that_is_away() throws IOException {
        Address nobody;
        try (Node node = new Node(_ -> new Said(200, "{}"))) {
            nobody = node.address();
        }
        CallLog log = new CallLog();
        try (NodeWatch away = new NodeWatch(nobody, log, 1);
                NodeWatch present = new NodeWatch(nobody, log, 1)) {
            away.leave();
            log.add(ACCEPTED);
            await(() -> present.broken().size() > 1);

            assertThat(away.broken()).isEmpty();
        }
    }

    private static CallLog accepted() {
        CallLog log = new CallLog();
        log.add(ACCEPTED);
        return log;
    }

    private static List<String> broken(Function<String, Said> says) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (Node node = new Node(path -> {
            asked.incrementAndGet();
            return says.apply(path);
        }); NodeWatch watch = new NodeWatch(node.address(), accepted(), 1)) {
            await(() -> asked.get() > 20);
            return watch.broken();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it did not ask in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /** Somebody who answers on a port. */
    private static final class Node implements AutoCloseable {

        private final HttpServer server;

        Node(Function<String, Said> says) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                Said said = says.apply(exchange.getRequestURI().getPath());
                byte[] body = said.body().getBytes(UTF_8);
                exchange.sendResponseHeaders(said.status(), body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        Address address() {
            return Address.loopback(server.getAddress().getPort());
        }

        @Override public void close() {
            server.stop(0);
        }
    }
}

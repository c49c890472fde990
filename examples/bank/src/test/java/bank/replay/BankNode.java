package bank.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.ritsem.domain.Context;
import io.ritsem.domain.Decision.Accepted;
import io.ritsem.domain.Decision.Rejected;
import bank.Account;
import bank.Account.Command;
import bank.Account.Event;
import bank.Account.State;

/**
 * A node in memory that knows the bank and as much of the HTTP contract as the replay uses, and can be told to fail.
 * Thread-safe: one command at a time.
 */
final class BankNode implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Account account = new Account();
    private final Map<String, List<State>> histories = new HashMap<>();
    private final Map<String, String> spentKeys = new HashMap<>();
    private final AtomicInteger lines = new AtomicInteger();
    final AtomicInteger rowsWithoutToken = new AtomicInteger();

    /** Which lines, counted over all requests from 1, answer 503 in place of being decided. */
    volatile IntPredicate unavailable = _ -> false;

    /** At which line the connection is cut; the line is decided, but not answered. */
    volatile int cutAt = Integer.MAX_VALUE;

    /** How many whole requests are refused with 503 first. */
    final AtomicInteger overloads = new AtomicInteger();

    /** What is added to each balance that a view row shows. */
    volatile BigDecimal rowError = BigDecimal.ZERO;

    BankNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/commands", this::bulk);
        server.createContext("/api/entities/account/", this::entity);
        server.createContext("/api/views/balances/", this::row);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How many events are stored. */
    synchronized int events() {
        return histories.values().stream().mapToInt(history -> history.size() - 1).sum();
    }

    private void bulk(HttpExchange exchange) throws IOException {
        if (overloads.getAndDecrement() > 0) {
            exchange.getRequestBody().readAllBytes();
            answer(exchange, 503, problem(503, "overloaded"));
            return;
        }
        List<String> commands;
        try (var body = new BufferedReader(new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8))) {
            commands = body.lines().toList();
        }
        exchange.sendResponseHeaders(200, 0);
        Set<String> notAttempted = new HashSet<>();
        try (exchange) {
            OutputStream out = exchange.getResponseBody();
            for (String command : commands) {
                int line = lines.incrementAndGet();
                String answer = answer(Json.parse(command), line, notAttempted);
                if (line >= cutAt) {
                    out.flush();
                    throw new IOException("cut as told");
                }
                out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private String answer(Json line, int number, Set<String> notAttempted) {
        String id = line.at("id").text();
        if (notAttempted.contains(id)) {
            return problem(503, "not-attempted");
        }
        if (unavailable.test(number)) {
            notAttempted.add(id);
            return problem(503, "journal-away");
        }
        return decide(id, line);
    }

    private synchronized String decide(String id, Json line) {
        String key = id + "|" + line.at("key").text();
        if (spentKeys.containsKey(key)) {
            return spentKeys.get(key).replace("{\"status\":200,", "{\"status\":200,\"replayed\":true,");
        }
        List<State> history = histories.computeIfAbsent(id, _ -> new ArrayList<>(List.of(account.initial())));
        int version = history.size() - 1;
        Context context = new Context(id, version, Instant.EPOCH, null, null);
        return switch (account.decide(history.getLast(), command(line), context)) {
            case Rejected<? extends Event> rejected -> problem(422, rejected.code());
            case Accepted<? extends Event> accepted -> {
                accepted.events().forEach(event -> history.add(account.evolve(history.getLast(), event)));
                String answer = """
                                {"status":200,"token":"t%s-%d","type":"account","id":"%s","version":%d}"""
                        .formatted(id, version + 1, id, version + 1);
                spentKeys.put(key, answer);
                yield answer;
            }
        };
    }

    private static Command command(Json line) {
        Json data = line.at("data");
        return switch (line.at("command").text()) {
            case "open" -> new Command.Open(data.at("owner").text(), new BigDecimal(data.at("overdraft").text()));
            case "deposit" ->
                    new Command.Deposit(new BigDecimal(data.at("amount").text()), data.at("reference").text());
            case "withdraw" ->
                    new Command.Withdraw(new BigDecimal(data.at("amount").text()), data.at("reference").text());
            default -> throw new IllegalArgumentException(line.text());
        };
    }

    private synchronized void entity(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        List<State> history = histories.getOrDefault(lastOf(uri), List.of());
        int version = uri.getQuery() == null
                ? history.size() - 1
                : Integer.parseInt(uri.getQuery().replace("version=", ""));
        if (version < 1 || version >= history.size()) {
            answer(exchange, 404, problem(404, "not-found"));
        } else {
            answer(exchange, 200, """
                                  {"type":"account","id":"%s","version":%d,"state":{"balance":"%s"}}"""
                    .formatted(lastOf(uri), version, history.get(version).balance()));
        }
    }

    private synchronized void row(HttpExchange exchange) throws IOException {
        String id = lastOf(exchange.getRequestURI());
        List<State> history = histories.getOrDefault(id, List.of());
        int version = history.size() - 1;
        String token = exchange.getRequestHeaders().getFirst("Consistency-Token");
        if (token == null) {
            rowsWithoutToken.incrementAndGet();
        }
        if (token != null && !token.equals("t" + id + "-" + version)) {
            answer(exchange, 400, problem(400, "wrong-token"));
        } else if (version < 1) {
            answer(exchange, 404, problem(404, "not-found"));
        } else {
            answer(exchange, 200, """
                                  {"key":"%s","row":{"balance":"%s"},"version":%d}"""
                    .formatted(id, history.getLast().balance().add(rowError), version));
        }
    }

    private static String lastOf(URI uri) {
        return uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    }

    private static String problem(int status, String code) {
        return "{\"status\":%d,\"code\":\"%s\"}".formatted(status, code);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package io.ritsem.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.bridge.SLF4JBridgeHandler;

import io.ritsem.postgres.EmbeddedDatabase;
import io.ritsem.runtime.application.ApplicationModel;

import static org.awaitility.Awaitility.await;

/** The real node with the bank, in this process, on ports that are free, and a client of it. */
final class BankNode implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static {
        // As in Main: what the HTTP server would print goes the way of all logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Node node;
    private final String url;

    private BankNode(String url, Map<String, ?> overrides, ApplicationModel application) {
        this.url = url;
        this.node = new Node(settings(url, overrides), application, () -> {});
    }

    private BankNode started() {
        node.start();
        return this;
    }

    /** On a database that has been used, as soon as its API is there, though its views are not. */
    static BankNode building(String url, ApplicationModel application) {
        BankNode node = new BankNode(url, Map.of(), application);
        Thread.ofVirtual().start(node::started);
        await().atMost(PATIENCE).until(() -> !node.address().isEmpty());
        return node;
    }

    /** On a new database. */
    static BankNode start() {
        return start(Node.application());
    }

    /** On a new database, with settings that are not the usual ones. */
    static BankNode start(Map<String, ?> overrides) {
        return on(migrated(), overrides);
    }

    /** On a new database, with another application. */
    static BankNode start(ApplicationModel application) {
        return new BankNode(migrated(), Map.of(), application).started();
    }

    /** A new database. */
    static String migrated() {
        String url = EmbeddedDatabase.shared().createDatabase();
        Node.migrate(settings(url, Map.of()));
        return url;
    }

    /** On a database that has been used, or not been migrated. */
    static BankNode on(String url, Map<String, ?> overrides) {
        return on(url, overrides, Node.application());
    }

    /** The same with another application. */
    static BankNode on(String url, Map<String, ?> overrides, ApplicationModel application) {
        return new BankNode(url, overrides, application).started();
    }

    private static NodeSettings settings(String url, Map<String, ?> overrides) {
        Map<String, Object> all = new HashMap<>(Map.of("ritsem.runtime.database.url", url, NodeSettings.HTTP_PORT, 0,
                NodeSettings.MANAGEMENT_PORT, 0,
                // nobody here minds a connection that closes
                "ritsem.http.drain-timeout", "0s"));
        all.putAll(overrides);
        return NodeSettings.load(all);
    }

    String url() {
        return url;
    }

    String address() {
        return node.address();
    }

    /** The status of an answer on the management port. */
    int health(String path) {
        return send(HttpRequest.newBuilder(URI.create(node.management() + path)).GET()).statusCode();
    }

    int port() {
        return URI.create(address()).getPort();
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return send(HttpRequest.newBuilder(URI.create(address() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)), headers);
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(HttpRequest.newBuilder(URI.create(address() + path)).GET(), headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** The first column of the one row, as text. */
    String ask(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new AssertionError("No row: " + sql);
            }
            return rows.getString(1);
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    /** What the command line prints. */
    String say(String... arguments) {
        StringBuilder said = new StringBuilder();
        say(said, arguments);
        return said.toString();
    }

    /** The same, also of what fails then. */
    void say(StringBuilder said, String... arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--url", address()));
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            switch (Order.of(all.toArray(String[]::new))) {
                case Order.ListViews list -> new ViewsClient(list.node(), out).list();
                case Order.ShowCluster cluster -> new ClusterClient(cluster.node(), out).show();
                case Order.ViewAction action -> new ViewsClient(action.at().node(), out).act(action);
                case Order.OfLetters letters -> new LettersClient(letters.at().node(), out).carryOut(letters);
                case Order other -> throw new AssertionError(other);
            }
        } catch (UsageException misused) {
            throw new AssertionError(misused);
        } finally {
            said.append(printed.toString(StandardCharsets.UTF_8));
        }
    }

    static String token(HttpResponse<?> response) {
        return response.headers().firstValue("Consistency-Token").orElseThrow();
    }

    /** The node alone: its client and its database can still be asked. */
    void stop() {
        node.stop();
    }

    @Override public void close() {
        stop();
        http.close();
    }
}

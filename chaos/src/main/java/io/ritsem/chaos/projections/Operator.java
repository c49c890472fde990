package io.ritsem.chaos.projections;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import io.ritsem.chaos.fault.Pause;
import io.ritsem.harness.Address;
import io.ritsem.harness.HttpCaller;

/** Orders views to be rebuilt and rolled back, of any node. Not thread-safe; looks by a connection of its own. */
final class Operator implements AutoCloseable {

    private static final long GIVES_UP = TimeUnit.SECONDS.toNanos(60);
    private static final int BETWEEN_LOOKS_MILLIS = 50;
    private static final String REASON = "\"reason\":\"to see whether it can be done under load\"";
    private static final String BUILDING = "SELECT count(*) FROM ritsem.view_generation WHERE state = 'building'";

    private final Connection connection;

    Operator(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /** @param rate how many events a second at most */
    void rebuild(Address node, String view, int rate) throws IOException {
        HttpCaller.Answer answer = order(node, view, "rebuild", "{%s,\"eventsPerSecond\":%d}".formatted(REASON, rate));
        if (answer.status() != 200) {
            throw new IllegalStateException("To rebuild %s was answered with %d: %s".formatted(view, answer.status(),
                    answer.body()));
        }
    }

    /** Returns when the former generation serves. */
    void rollBack(Address node, String view) throws IOException {
        long end = System.nanoTime() + GIVES_UP;
        HttpCaller.Answer answer = order(node, view, "roll-back", "{" + REASON + "}");
        while (answer.status() == 503 && System.nanoTime() < end) {
            Pause.millis(BETWEEN_LOOKS_MILLIS);
            answer = order(node, view, "roll-back", "{" + REASON + "}");
        }
        if (answer.status() != 200) {
            throw new IllegalStateException("To roll %s back was answered with %d: %s".formatted(view, answer.status(),
                    answer.body()));
        }
    }

    private static HttpCaller.Answer order(Address node, String view, String action, String body) throws IOException {
        try (HttpCaller caller = new HttpCaller(node)) {
            return caller.post("/api/admin/projections/%s/%s".formatted(view, action), "", body);
        }
    }

    /** How many generations are being built. */
    int building() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BUILDING);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Returns when all serve that are being built. */
    void awaitBuilt() throws SQLException {
        long end = System.nanoTime() + GIVES_UP;
        while (building() > 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("A view was not built within 60 s");
            }
            Pause.millis(BETWEEN_LOOKS_MILLIS);
        }
    }

    @Override public void close() throws SQLException {
        connection.close();
    }
}

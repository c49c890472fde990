package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.ritsem.chaos.views.Tally;

/** Reads what a run left in the database. Not thread-safe; a connection of its own. */
public final class JournalTables implements AutoCloseable {

    private static final String PREFIX = "account|";
    private static final UUID NOBODY = new UUID(0, 0);

    private final Connection connection;

    public JournalTables(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /** All events of accounts, by account and sequence. */
    List<StoredEvent> events() throws SQLException {
        String sql = """
                     SELECT entity, sequence, split_part(split_part(event, '.', 2), '/', 1),
                            coalesce(data->>'reference', data->>'owner', ''), data->>'amount', causation
                     FROM ritsem.journal WHERE entity LIKE 'account|%' ORDER BY entity, sequence""";
        List<StoredEvent> events = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                BigDecimal amount = rows.getBigDecimal(5);
                events.add(new StoredEvent(rows.getString(1).substring(PREFIX.length()), rows.getLong(2),
                        rows.getString(3), rows.getString(4), amount == null ? BigDecimal.ZERO : amount,
                        rows.getObject(6, UUID.class)));
            }
        }
        return events;
    }

    /** The rows of the view of balances, by account. */
    public Map<String, ViewState> balances() throws SQLException {
        return states("balances");
    }

    private Map<String, ViewState> states(String view) throws SQLException {
        String sql = "SELECT key, version, (row->>'balance')::numeric FROM " + tableOf(view);
        Map<String, ViewState> states = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                states.put(rows.getString(1), new ViewState(rows.getLong(2), rows.getBigDecimal(3)));
            }
        }
        return states;
    }

    /** How many postings the view of the turnover has counted for each reference. */
    Map<String, Long> postings() throws SQLException {
        String sql = "SELECT row->>'reference', (row->>'postings')::bigint FROM " + tableOf("turnover");
        Map<String, Long> postings = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                postings.merge(rows.getString(1), rows.getLong(2), Long::sum);
            }
        }
        return postings;
    }

    /** What the rows of the tally come to when all events are taken in the order of their commits, by key. */
    Map<String, Tally.Row> tallied() throws SQLException {
        String sql = """
                     SELECT entity, sequence, split_part(split_part(event, '.', 2), '/', 1), data->>'amount'
                     FROM ritsem.journal ORDER BY transaction_id, ordering""";
        Map<String, Tally.Row> tally = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String id = rows.getString(1).substring(PREFIX.length());
                BigDecimal amount = rows.getBigDecimal(4);
                StoredEvent event = new StoredEvent(id, rows.getLong(2), rows.getString(3), "",
                        amount == null ? BigDecimal.ZERO : amount, NOBODY);
                Tally.Row before = tally.getOrDefault(Tally.key(id), Tally.Row.NONE);
                tally.put(Tally.key(id), before.then(id, event.sequence(), event.effect()));
            }
        }
        return tally;
    }

    /** The rows of the view of the tally, by key. */
    Map<String, Tally.Row> tally() throws SQLException {
        String sql = """
                     SELECT key, (row->>'events')::bigint, (row->>'money')::numeric, (row->>'digest')::bigint
                     FROM\s""" + tableOf("tally");
        Map<String, Tally.Row> tally = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql); ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                tally.put(rows.getString(1),
                        new Tally.Row(rows.getLong(2), rows.getBigDecimal(3), rows.getLong(4)));
            }
        }
        return tally;
    }

    /** The rows of the view of statements, by account. */
    Map<String, ViewState> statements() throws SQLException {
        return states("statements");
    }

    /** The table of the generation that is served. */
    private String tableOf(String view) throws SQLException {
        String sql = """
                     SELECT generation FROM ritsem.view_generation WHERE view = ? AND state = 'serving'
                     ORDER BY generation DESC LIMIT 1""";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, view);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw new IllegalStateException("No generation of the view " + view + " is served");
                }
                return "ritsem.view_" + view + "_" + rows.getInt(1);
            }
        }
    }

    @Override public void close() throws SQLException {
        connection.close();
    }
}

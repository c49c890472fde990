package io.ritsem.projections.store;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.RecordedEvent;

/** Reads and writes the rows of a view in batches: one statement each. Stateless. */
final class ViewRows {

    private ViewRows() {}

    /** The rows of these keys as JSON, those that there are. */
    static Map<String, byte[]> load(Connection connection, ViewTable<?> table, Collection<String> keys)
            throws SQLException {
        String sql = "SELECT key, row::text FROM " + table.tableName() + " WHERE key = ANY (?)";
        Map<String, byte[]> rows = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setArray(1, connection.createArrayOf("text", keys.toArray()));
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    rows.put(found.getString(1), found.getString(2).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return rows;
    }

    static void write(Connection connection, ViewTable<?> table, List<StoredRow> rows) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(upsertInto(table))) {
            setRows(upsert, 1, table, rows);
            upsert.executeUpdate();
        }
        delete(connection, table, rows);
    }

    /** Sets the parameters of {@link #upsertInto}, from this one on; those that are not any more are not among them. */
    static void setRows(PreparedStatement upsert, int first, ViewTable<?> table, List<StoredRow> all)
            throws SQLException {
        // In the order of keys: those of one page of the index come one after the other.
        List<StoredRow> rows = all.stream()
                .filter(row -> row.row() != null)
                .sorted(Comparator.comparing(StoredRow::key))
                .toList();
        int size = rows.size();
        String[] keys = new String[size];
        String[] documents = new String[size];
        @Nullable Long[] versions = new Long[size];
        Short[] partitions = new Short[size];
        Long[] transactions = new Long[size];
        Long[] orderings = new Long[size];
        OffsetDateTime[] times = new OffsetDateTime[size];
        for (int i = 0; i < size; i++) {
            StoredRow row = rows.get(i);
            RecordedEvent event = row.event();
            keys[i] = row.key();
            documents[i] = row.row() == null ? "null" : new String(row.row(), StandardCharsets.UTF_8);
            versions[i] = table.keyed() ? null : event.sequence();
            partitions[i] = (short) event.partition();
            transactions[i] = event.position().transactionId();
            orderings[i] = event.position().ordering();
            times[i] = event.metadata().time().atOffset(ZoneOffset.UTC);
        }
        Connection connection = upsert.getConnection();
        upsert.setArray(first, connection.createArrayOf("text", keys));
        upsert.setArray(first + 1, connection.createArrayOf("text", documents));
        upsert.setArray(first + 2, connection.createArrayOf("bigint", versions));
        upsert.setArray(first + 3, connection.createArrayOf("smallint", partitions));
        upsert.setArray(first + 4, connection.createArrayOf("bigint", transactions));
        upsert.setArray(first + 5, connection.createArrayOf("bigint", orderings));
        upsert.setArray(first + 6, connection.createArrayOf("timestamptz", times));
    }

    static String upsertInto(ViewTable<?> table) {
        return """
               INSERT INTO %s AS present (key, row, version, partition, transaction_id, ordering, updated_at)
               SELECT key, row::jsonb, version, partition, transaction_id, ordering, updated_at
                 FROM unnest(?::text[], ?::text[], ?::bigint[], ?::smallint[], ?::bigint[], ?::bigint[], ?::timestamptz[])
                   AS given (key, row, version, partition, transaction_id, ordering, updated_at)
               ON CONFLICT (key) DO UPDATE SET row = EXCLUDED.row, version = EXCLUDED.version,
                   partition = EXCLUDED.partition, transaction_id = EXCLUDED.transaction_id,
                   ordering = EXCLUDED.ordering, updated_at = EXCLUDED.updated_at
               """
                .formatted(table.tableName());
    }

    /** Deletes those that are not any more. */
    static void delete(Connection connection, ViewTable<?> table, List<StoredRow> rows) throws SQLException {
        Object[] keys = rows.stream().filter(row -> row.row() == null).map(StoredRow::key).toArray();
        if (keys.length == 0) {
            return;
        }
        Array gone = connection.createArrayOf("text", keys);
        try (PreparedStatement delete = connection
                .prepareStatement("DELETE FROM " + table.tableName() + " WHERE key = ANY (?)")) {
            delete.setArray(1, gone);
            delete.executeUpdate();
        }
    }
}

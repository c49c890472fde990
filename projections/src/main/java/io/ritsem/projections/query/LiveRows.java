package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.live.LiveQueryTooLargeException;
import io.ritsem.projections.live.LiveRow;
import io.ritsem.projections.live.LiveTable;

/** The statements that read rows for live readers, with what they can be found by. Stateless. */
final class LiveRows {

    /** So that rows that are too large together are not all fetched before that is known. */
    private static final int FETCH = 20;
    private static final long LARGEST_READ = 8 << 20;

    private LiveRows() {}

    /** The rows of these keys, some 8 MiB of them. Declared fields come as PostgreSQL sees them, so that Java compares the very same values. */
    static LiveTable.Rows<RowFilter, ViewRow> ofKeys(Connection connection, ServedView<?> view,
            Collection<String> keys) throws SQLException {
        List<Column> fields = view.columns()
                .values()
                .stream()
                .filter(column -> !column.equals(Column.KEY) && !column.equals(Column.UPDATED_AT))
                .toList();
        Sql sql = RowQueries.columns(view);
        for (int i = 0; i < fields.size(); i++) {
            sql.add(", " + fields.get(i).value() + "::text as value_" + i);
        }
        sql.add(" from " + view.table().tableName() + " r where key = any(")
                .addArray("text", List.copyOf(keys))
                .add(")");
        connection.setAutoCommit(keys.size() <= FETCH); // or all rows are fetched at once
        try (PreparedStatement statement = sql.prepare(connection, Deadline.in(ViewReader.LONGEST_QUERY))) {
            statement.setFetchSize(FETCH);
            try (ResultSet result = statement.executeQuery()) {
                return read(result, view, fields);
            }
        } finally {
            endTransaction(connection);
        }
    }

    private static LiveTable.Rows<RowFilter, ViewRow> read(ResultSet result, ServedView<?> view, List<Column> fields)
            throws SQLException {
        Map<String, LiveRow<RowFilter, ViewRow>> rows = new HashMap<>();
        long bytes = 0;
        while (bytes < LARGEST_READ) {
            if (!result.next()) {
                return new LiveTable.Rows<>(rows, true);
            }
            ViewRow row = RowQueries.read(result, view);
            Map<String, Object> values = new HashMap<>();
            values.put(Column.KEY.name(), row.key());
            values.put(Column.UPDATED_AT.name(), row.updatedAt().atOffset(ZoneOffset.UTC));
            for (int i = 0; i < fields.size(); i++) {
                @Nullable String text = result.getString("value_" + i);
                if (text != null) {
                    values.put(fields.get(i).name(), fields.get(i).type().stored(text));
                }
            }
            LiveRow<RowFilter, ViewRow> read = ReadRow.of(row, values);
            rows.put(row.key(), read);
            bytes += read.bytes();
        }
        return new LiveTable.Rows<>(rows, false);
    }

    private static void endTransaction(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /**
     * All rows that a filter finds, in no order.
     *
     * @throws LiveQueryTooLargeException if they are too many
     */
    static List<LiveRow<RowFilter, ViewRow>> matching(Connection connection, ServedView<?> view, RowFilter filter,
            int mostRows, long mostBytes) throws SQLException {
        Sql sql = RowQueries.columns(view).add(" from " + view.table().tableName() + " r where true");
        filter.conditions().forEach(condition -> condition.write(sql.add(" and ")));
        sql.add(" limit ?", mostRows + 1);
        List<LiveRow<RowFilter, ViewRow>> rows = new ArrayList<>();
        connection.setAutoCommit(false); // or all rows are fetched at once
        try (PreparedStatement statement = RowQueries.prepare(connection, sql, Deadline.in(ViewReader.LONGEST_QUERY))) {
            statement.setFetchSize(FETCH);
            try (ResultSet result = statement.executeQuery()) {
                long bytes = 0;
                while (result.next()) {
                    LiveRow<RowFilter, ViewRow> row = ReadRow.of(RowQueries.read(result, view), Map.of());
                    bytes += row.bytes();
                    if (rows.size() == mostRows || bytes > mostBytes) {
                        throw new LiveQueryTooLargeException(mostRows, mostBytes);
                    }
                    rows.add(row);
                }
            }
        } finally {
            endTransaction(connection);
        }
        return rows;
    }
}

package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

import io.ritsem.projections.query.Ordering.Step;
import io.ritsem.projections.query.Ordering.Term;
import io.ritsem.projections.query.QueryCheck.Checked;

/** The statements that read rows. Stateless. */
final class RowQueries {

    static final String COLUMNS = "select key, row::text, version, updated_at";

    /** The rows of a page, and for the last of them where it stands in the order. */
    record Page(List<ViewRow> rows, @Nullable Cursor next) {}

    private RowQueries() {}

    static @Nullable ViewRow row(Connection connection, ServedView<?> view, String key) throws SQLException {
        String sql = COLUMNS + " from " + view.table().tableName() + " where key = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, key);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? read(result, view) : null;
            }
        }
    }

    static Page page(Connection connection, ServedView<?> view, Checked query, int limit, Duration atMost)
            throws SQLException {
        List<ViewRow> rows = new ArrayList<>();
        @Nullable Cursor last = null;
        for (Step step : query.ordering().steps(query.after())) {
            // One row more tells whether there is a next page.
            Sql sql = page(view, query, step, limit + 1 - rows.size());
            try (PreparedStatement statement = prepare(connection, sql, atMost);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    if (rows.size() == limit) {
                        return new Page(rows, last);
                    }
                    ViewRow row = read(result, view);
                    rows.add(row);
                    if (rows.size() == limit) {
                        last = place(result, row, query.ordering());
                    }
                }
            }
        }
        return new Page(rows, null);
    }

    static Sql page(ServedView<?> view, Checked query, Step step, int limit) {
        Sql sql = new Sql().add(COLUMNS);
        List<Term> terms = query.ordering().terms();
        for (int i = 0; i < terms.size(); i++) {
            sql.add(", " + terms.get(i).column().indexed() + "::text as place_" + i);
        }
        sql.add(" from " + view.table().tableName() + " where ");
        query.ordering().writeCondition(sql, step, query.after());
        writeConditions(sql, query);
        return sql.add(" order by " + query.ordering().orderBy() + " limit ?", limit);
    }

    static long count(Connection connection, ServedView<?> view, Checked query, Duration atMost) throws SQLException {
        Sql sql = new Sql().add("select count(*) from " + view.table().tableName() + " where true");
        writeConditions(sql, query);
        try (PreparedStatement statement = prepare(connection, sql, atMost);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    private static void writeConditions(Sql sql, Checked query) {
        for (Condition condition : query.conditions()) {
            condition.write(sql.add(" and "));
        }
    }

    /** Planned for its very parameters: a plan that is good for any value would be good for none. */
    static PreparedStatement prepare(Connection connection, Sql sql, Duration atMost) throws SQLException {
        PreparedStatement statement = sql.prepare(connection);
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        statement.setQueryTimeout((int) atMost.toSeconds());
        return statement;
    }

    static ViewRow read(ResultSet result, ServedView<?> view) throws SQLException {
        long version = result.getLong(3);
        @Nullable Long known = result.wasNull() ? null : version;
        return new ViewRow(result.getString(1), view.canonical(result.getBytes(2)), known,
                result.getObject(4, OffsetDateTime.class).toInstant());
    }

    private static Cursor place(ResultSet result, ViewRow row, Ordering ordering) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        for (Term term : ordering.terms()) {
            values.add(term.column().equals(Column.UPDATED_AT) ? row.updatedAt().toString()
                    : result.getString(5 + values.size()));
        }
        return new Cursor(values);
    }
}

package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

import io.ritsem.projections.query.Ordering.Step;
import io.ritsem.projections.query.Ordering.Term;
import io.ritsem.projections.query.QueryCheck.Checked;

/** The statements that read rows. Stateless. */
final class RowQueries {

    private static final String BEHIND = """
                                         (select array[count(*), (extract(epoch from min(d.event_time)) * 1000000)::bigint]
                                            from (select d.event_time from ritsem.dead_letter d
                                                   where d.view = ? and d.generation = ? and not d.by_entity and d.key = %s
                                                   order by d.transaction_id, d.ordering limit 1001) d) as behind""";
    private static final String UNPLACED = """
                                           select count(*) from (select from ritsem.dead_letter d
                                              where d.view = ? and d.generation = ? and d.by_entity
                                              order by d.key limit 1001) d""";
    // The count of what waits for a row is taken for the rows of the page alone, by the primary key, and ends at 1,001: of a
    // busy account a million may wait.
    private static final String COLUMNS = "select key, row::text, version, updated_at, " + BEHIND.formatted("r.key");
    private static final int PLACE = 6;
    private static final long LARGEST_PAGE = 8 << 20;
    // One row more than is large enough, which tells whether there is a next page. In the order of what it is taken from.
    private static final String FITTING = """
                                          select p.* from (select p.*, octet_length(p.row) as bytes,
                                            sum(octet_length(p.row)) over (rows between unbounded preceding and 2 preceding)
                                              as bytes_before from (%s) p) p where coalesce(p.bytes_before, 0) < ?""";

    // Without the row itself where those before it are large enough.
    private static final String UP_TO_LARGEST = """
                                                select p.key, case when coalesce(p.bytes_before, 0) < %d then p.row end, p.version, p.updated_at, p.behind
                                                  from (select p.*, sum(octet_length(p.row)) over (rows between unbounded preceding and 1 preceding)
                                                    as bytes_before from (%%s) p) p"""
            .formatted(LARGEST_PAGE);

    /** The rows of a page, and for the last of them where it stands in the order. */
    record Page(List<ViewRow> rows, @Nullable Cursor next) {}

    private RowQueries() {}

    /** The rows of these keys, those that there are: some 8 MiB of them, and one at least. */
    static SharedReads.Found rows(Connection connection, ServedView<?> view, Set<String> keys, Deadline deadline)
            throws SQLException {
        Sql sql = columns(view).add(" from " + view.table().tableName() + " r where key = any (")
                .addArray("text", List.copyOf(keys))
                .add(")")
                .within(UP_TO_LARGEST);
        Map<String, ViewRow> rows = new HashMap<>();
        Set<String> leftOut = new HashSet<>();
        try (PreparedStatement statement = sql.prepare(connection, deadline);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                if (result.getBytes(2) == null) {
                    leftOut.add(result.getString(1));
                } else {
                    rows.put(result.getString(1), read(result, view));
                }
            }
        }
        return new SharedReads.Found(rows, leftOut);
    }

    /** The columns of a row, of a table called {@code r}; others may follow. */
    static Sql columns(ServedView<?> view) {
        return new Sql().add(COLUMNS, view.table().view(), view.table().generation());
    }

    /** What waits for a row, whether or not there is one. */
    static ViewRow.@Nullable Behind behind(Connection connection, ServedView<?> view, String key, Deadline deadline)
            throws SQLException {
        Sql sql = new Sql().add("select " + BEHIND.formatted("?"), view.table().view(), view.table().generation(), key);
        try (PreparedStatement statement = sql.prepare(connection, deadline);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return behind(result, 1);
        }
    }

    /** How many events wait of which nobody knows the row. */
    static long unplaced(Connection connection, ServedView<?> view, Deadline deadline) throws SQLException {
        try (PreparedStatement statement = unplaced(view).prepare(connection, deadline);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    static Sql unplaced(ServedView<?> view) {
        return new Sql().add(UNPLACED, view.table().view(), view.table().generation());
    }

    private static ViewRow.@Nullable Behind behind(ResultSet result, int column) throws SQLException {
        @Nullable Long[] countAndSince = (@Nullable Long[]) result.getArray(column).getArray();
        @Nullable Long count = countAndSince[0];
        @Nullable Long since = countAndSince[1];
        return count == null || since == null ? null
                : new ViewRow.Behind(count, Instant.EPOCH.plus(since, ChronoUnit.MICROS));
    }

    /** A page has at most so many rows, and some 8 MiB, but a row at least if there is one. */
    static Page page(Connection connection, ServedView<?> view, Checked query, int limit, Deadline deadline)
            throws SQLException {
        List<ViewRow> rows = new ArrayList<>();
        long bytes = 0;
        @Nullable Cursor last = null;
        for (Step step : query.ordering().steps(query.after())) {
            // One row more tells whether there is a next page.
            int most = last == null ? limit + 1 - rows.size() : 1;
            Sql sql = page(view, query, step, most, Math.max(1, LARGEST_PAGE - bytes));
            try (PreparedStatement statement = prepare(connection, sql, deadline);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    if (last != null) {
                        return new Page(rows, last);
                    }
                    ViewRow row = read(result, view);
                    rows.add(row);
                    bytes += result.getLong("bytes");
                    if (rows.size() == limit || bytes >= LARGEST_PAGE) {
                        last = place(result, row, query.ordering());
                    }
                }
            }
        }
        return new Page(rows, null);
    }

    static Sql page(ServedView<?> view, Checked query, Step step, int limit, long bytes) {
        Sql sql = columns(view);
        List<Term> terms = query.ordering().terms();
        for (int i = 0; i < terms.size(); i++) {
            sql.add(", " + terms.get(i).column().indexed() + "::text as place_" + i);
        }
        sql.add(" from " + view.table().tableName() + " r where ");
        query.ordering().writeCondition(sql, step, query.after());
        writeConditions(sql, query);
        return sql.add(" order by " + query.ordering().orderBy() + " limit ?", limit).within(FITTING, bytes);
    }

    static long count(Connection connection, ServedView<?> view, Checked query, Deadline deadline) throws SQLException {
        Sql sql = new Sql().add("select count(*) from " + view.table().tableName() + " where true");
        writeConditions(sql, query);
        try (PreparedStatement statement = prepare(connection, sql, deadline);
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
    static PreparedStatement prepare(Connection connection, Sql sql, Deadline deadline) throws SQLException {
        PreparedStatement statement = sql.prepare(connection, deadline);
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        return statement;
    }

    static ViewRow read(ResultSet result, ServedView<?> view) throws SQLException {
        long version = result.getLong(3);
        @Nullable Long known = result.wasNull() ? null : version;
        return new ViewRow(result.getString(1), view.canonical(result.getBytes(2)), known,
                result.getObject(4, OffsetDateTime.class).toInstant(), behind(result, 5));
    }

    private static Cursor place(ResultSet result, ViewRow row, Ordering ordering) throws SQLException {
        List<@Nullable String> values = new ArrayList<>();
        for (Term term : ordering.terms()) {
            values.add(term.column().equals(Column.UPDATED_AT) ? row.updatedAt().toString()
                    : result.getString(PLACE + values.size()));
        }
        return new Cursor(values);
    }
}

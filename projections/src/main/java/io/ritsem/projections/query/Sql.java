package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.postgresql.jdbc.PgStatement;

/** A statement being written: text of our own, and everything that a client said as a parameter. Confined to its query. */
final class Sql {

    private static final String QUERY_CANCELED = "57014";

    private record ArrayOf(String type, List<Object> values) {}

    private final StringBuilder text = new StringBuilder();
    private final List<Object> parameters = new ArrayList<>();

    /** Adds text; each {@code ?} in it stands for one of the parameters, in order. */
    Sql add(String sql, Object... values) {
        text.append(sql);
        parameters.addAll(Arrays.asList(values));
        return this;
    }

    /** Puts text around it, in place of {@code %s}, with parameters behind it. */
    Sql within(String sql, Object... values) {
        String inner = text.toString();
        text.setLength(0);
        return add(sql.formatted(inner), values);
    }

    /** Adds a parameter that is an array. */
    Sql addArray(String type, List<Object> values) {
        text.append('?');
        parameters.add(new ArrayOf(type, List.copyOf(values)));
        return this;
    }

    /** Makes it a statement, every parameter bound, that is cancelled at the deadline. */
    PreparedStatement prepare(Connection connection, Deadline deadline) throws SQLException {
        PreparedStatement statement = prepareAs("", connection);
        long left = deadline.left().toMillis();
        if (left == 0) {
            statement.close();
            throw new SQLTimeoutException("No time is left for the query", QUERY_CANCELED);
        }
        statement.unwrap(PgStatement.class).setQueryTimeoutMs(left);
        return statement;
    }

    /** The same behind a word such as {@code explain}. */
    PreparedStatement prepareAs(String first, Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(first + text);
        try {
            for (int i = 0; i < parameters.size(); i++) {
                Object parameter = parameters.get(i);
                statement.setObject(i + 1, parameter instanceof ArrayOf(String type, List<Object> values)
                        ? connection.createArrayOf(type, values.toArray())
                        : parameter);
            }
            return statement;
        } catch (SQLException | RuntimeException failed) {
            statement.close();
            throw failed;
        }
    }

    @Override public String toString() {
        return text.toString();
    }
}

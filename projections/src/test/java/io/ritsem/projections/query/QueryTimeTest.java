package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.UnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How long a read of a view may take. */
class QueryTimeTest {

    private static final String CANCELLED = "57014";

    private TestView view;
    private Connection other;

    @BeforeEach void lock() throws SQLException {
        view = new TestView();
        other = view.database.dataSource().getConnection();
        other.setAutoCommit(false);
        execute(other, "set idle_in_transaction_session_timeout = 0; lock table " + view.table());
    }

    @AfterEach void close() throws SQLException {
        other.close();
        view.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Takes a while: the server gives up after two seconds. */
    @Test void who_meets_a_lock_is_told_to_come_again() throws Exception {
        assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a")).isInstanceOf(UnavailableException.class)
                .hasMessage("view-busy");
        other.rollback();
        assertThat(view.reader.row(TestView.NAME, "a")).isNull();
    }

    /** Takes a while: it gives up after four seconds, and the connection itself would after five. */
    @Test void live_rows_are_waited_for_no_longer_than_the_connection_lasts_whatever_the_server_is_set_to()
            throws Exception {
        try (Connection connection = view.database.dataSource().getConnection()) {
            execute(connection, "set lock_timeout = 0; set statement_timeout = 0");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> LiveRows.ofKeys(connection, view.served, List.of("a")))
                    .satisfies(late -> assertThat(late.getSQLState()).isEqualTo(CANCELLED));
            other.rollback();
            assertThat(LiveRows.ofKeys(connection, view.served, List.of("a"))).isEmpty();
        }
    }
}

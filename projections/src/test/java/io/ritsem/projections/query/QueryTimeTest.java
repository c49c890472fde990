package io.ritsem.projections.query;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.gateway.UnavailableException;

import static io.ritsem.projections.query.TestView.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
        assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a", LONG)).isInstanceOf(UnavailableException.class)
                .hasMessage("view-busy");
        other.rollback();
        assertThat(view.reader.row(TestView.NAME, "a", LONG)).isNull();
    }

    @Test void a_query_is_given_up_when_its_answer_is_due() {
        assertThatThrownBy(() -> query(TestView.NAME, Duration.ofMillis(300))).isInstanceOf(UnavailableException.class)
                .hasMessage("query-too-slow");
        assertThatThrownBy(() -> view.reader.row(TestView.NAME, "a", Duration.ofMillis(300)))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("query-too-slow");
        assertThatThrownBy(() -> query(TestView.OTHER, Duration.ZERO)).isInstanceOf(UnavailableException.class)
                .hasMessage("query-too-slow");
    }

    /** Takes a while: the server gives up the first one after two seconds, and the second one then has one left. */
    @Test void who_has_waited_for_a_place_has_so_much_less_time_for_the_query() throws Exception {
        List<CompletableFuture<ViewPage>> first = queries(TestView.READERS / 2);
        await().until(() -> blocked() > 0);
        assertThatThrownBy(() -> query(TestView.NAME, Duration.ofSeconds(3))).isInstanceOf(UnavailableException.class)
                .hasMessage("query-too-slow");
        assertThat(first).allSatisfy(query -> assertThat(query).failsWithin(Duration.ofSeconds(20)));
    }

    @Test void who_finds_no_place_in_time_is_refused() throws Exception {
        List<CompletableFuture<ViewPage>> all = queries(TestView.READERS);
        await().until(() -> blocked() > 0);
        assertThatThrownBy(() -> query(TestView.NAME, Duration.ofMillis(100))).isInstanceOf(UnavailableException.class)
                .hasMessage("overloaded");
        other.rollback();
        assertThat(all).allSatisfy(query -> assertThat(query).succeedsWithin(Duration.ofSeconds(20)));
    }

    @Test void queries_of_a_view_that_are_stuck_keep_neither_other_views_nor_rows_from_being_read() throws Exception {
        List<CompletableFuture<ViewPage>> stuck = queries(2 * TestView.READERS);
        await().during(Duration.ofMillis(300)).until(() -> blocked() == TestView.READERS / 2);
        assertThat(query(TestView.OTHER, LONG).rows()).isEmpty();
        assertThat(view.reader.row(TestView.OTHER, "a", LONG)).isNull();
        // A row of the view itself has a place, too, where it meets the same lock.
        CompletableFuture<Boolean> row = later(() -> view.reader.row(TestView.NAME, "a", LONG) == null);
        await().until(() -> blocked() == TestView.READERS / 2 + 1);
        other.rollback();
        assertThat(row).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        assertThat(stuck).allSatisfy(query -> assertThat(query).succeedsWithin(Duration.ofSeconds(20)));
    }

    private ViewPage query(String name, Duration atMost) {
        return view.reader.query(name, new ViewQuery(List.of(), List.of(), 10, null, true), atMost);
    }

    private List<CompletableFuture<ViewPage>> queries(int count) {
        return Stream.generate(() -> later(() -> query(TestView.NAME, LONG))).limit(count).toList();
    }

    private static <T> CompletableFuture<T> later(Supplier<T> reading) {
        return CompletableFuture.supplyAsync(reading, command -> Thread.ofVirtual().start(command));
    }

    /** How many wait for the lock. */
    private int blocked() throws SQLException {
        try (Statement statement = other.createStatement();
                ResultSet count = statement
                        .executeQuery("select count(*) from pg_locks where not granted and database = "
                                + "(select oid from pg_database where datname = current_database())")) {
            count.next();
            return count.getInt(1);
        }
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
            assertThat(LiveRows.ofKeys(connection, view.served, List.of("a")).found()).isEmpty();
        }
    }
}

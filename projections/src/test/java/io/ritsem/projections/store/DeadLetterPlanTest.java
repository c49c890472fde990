package io.ritsem.projections.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars;
import io.ritsem.projections.TestJournal;
import io.ritsem.runtime.application.ApplicationModel;

import static org.assertj.core.api.Assertions.assertThat;

/** What PostgreSQL does to find some of 100,000 dead letters of 100 keys. */
class DeadLetterPlanTest {

    private static final int KEYS = 100;
    private static TestJournal journal;
    private static ViewTable<?> table;

    @BeforeAll static void fill() throws Exception {
        journal = new TestJournal();
        table = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS)
                .prepare(ApplicationModel.of(new Jars()).views().getFirst())
                .table();
        for (int n = 0; n < 100_000; n += 20_000) {
            journal.execute("""
                            insert into ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering,
                                partition, persistence_id, sequence_number, event_time)
                            select '%s', %d, false, 'key-' || n %% %d, n, n, 0, 'jar|a', n, now()
                              from generate_series(%d, %d) n"""
                    .formatted(table.view(), table.generation(), KEYS, n, n + 19_999));
        }
        journal.execute(
                """
                insert into ritsem.dead_letter (view, generation, by_entity, key, transaction_id, ordering,
                    partition, persistence_id, sequence_number, event_time)
                select '%s', %d, false, 'key-hot', n, n, 0, 'jar|hot', n, now() from generate_series(1, 20000) n"""
                        .formatted(table.view(), table.generation()));
        journal.execute("vacuum analyze ritsem.dead_letter");
    }

    @AfterAll static void close() {
        journal.close();
    }

    private interface Question {
        void ask(Connection connection) throws SQLException;
    }

    /** The plans of all statements that are prepared meanwhile. */
    private static String plan(Question question) throws SQLException {
        List<String> plan = new ArrayList<>();
        try (Connection connection = journal.dataSource().getConnection()) {
            Connection explaining = proxy(Connection.class, connection, (method, result) -> method
                    .equals("prepareStatement")
                            ? proxy(PreparedStatement.class, (PreparedStatement) result,
                                    (name, answer) -> name.equals("executeQuery")
                                            ? drained((ResultSet) answer, plan)
                                            : answer)
                            : result);
            question.ask(explaining);
        }
        return String.join("\n", plan);
    }

    private static ResultSet drained(ResultSet result, List<String> plan) throws SQLException {
        while (result.next()) {
            plan.add(result.getString(1));
        }
        return result;
    }

    private interface Wrap {
        Object result(String method, Object result) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, T target, Wrap wrap) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type}, (_, method, arguments) -> {
            if (method.getName().equals("prepareStatement")) {
                arguments[0] = "explain (analyze, buffers off, timing off, summary off) " + arguments[0];
            }
            try {
                return wrap.result(method.getName(), method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    @Test void which_keys_are_parked_is_read_from_key_to_key() throws SQLException {
        assertThat(plan(connection -> DeadLetterRows.keys(connection, table.id()))).contains("dead_letter_pkey")
                .doesNotContain("Seq Scan")
                .doesNotContainPattern("rows=[0-9]{4,}(\\.[0-9]+)? loops");
    }

    @Test void a_page_of_keys_counts_no_other_keys_letters() throws SQLException {
        assertThat(plan(connection -> DeadLetterRows.lines(connection, table, ParkedKey.row("key-5"), 3)))
                .contains("dead_letter_pkey")
                .doesNotContain("Seq Scan")
                .doesNotContainPattern("rows=[0-9]{5,}(\\.[0-9]+)? loops");
    }

    @Test void a_key_of_very_many_letters_is_counted_no_further_than_needed() throws SQLException {
        ParkedKey before = ParkedKey.row("key-99");
        assertThat(plan(connection -> DeadLetterRows.lines(connection, table, before, 3)))
                .doesNotContainPattern("actual rows=[0-9]{5,}");
        try (Connection connection = journal.dataSource().getConnection()) {
            assertThat(DeadLetterRows.lines(connection, table, before, 3)).extracting(ParkedLine::events)
                    .containsExactly(1_001L);
        }
    }

    @Test void the_first_letters_of_a_key_are_read_in_their_order() throws SQLException {
        assertThat(plan(connection -> DeadLetterRows.letters(connection, table, ParkedKey.row("key-5"), 10)))
                .contains("dead_letter_pkey")
                .doesNotContain("Seq Scan", "Sort")
                .doesNotContainPattern("actual rows=[0-9]{3,}");
        assertThat(plan(connection -> DeadLetterRows.parkedRows(connection, table, Set.of("key-5", "none"))))
                .contains("dead_letter_pkey")
                .doesNotContain("Seq Scan")
                .doesNotContainPattern("actual rows=[0-9]{3,}");
    }
}

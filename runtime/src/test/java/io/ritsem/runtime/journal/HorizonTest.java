package io.ritsem.runtime.journal;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import akka.persistence.PersistentRepr;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** For whom readers wait, and for whom not. */
class HorizonTest {

    private final TestJournal journal = TestJournal.onFreshDatabase();
    private final JournalReader reader = journal.reader();
    private final JournalLane lane = journal.lane();

    @AfterEach void close() {
        journal.close();
    }

    @Test void nobody_waits_for_a_transaction_that_writes_elsewhere() throws SQLException {
        try (Connection elsewhere = journal.connect(); Connection writing = journal.connect()) {
            elsewhere.setAutoCommit(false);
            execute(elsewhere, "CREATE TEMPORARY TABLE elsewhere (n int)");
            store(TestJournal.event("till|a", 1));
            await().atMost(TestJournal.PATIENCE)
                    .untilAsserted(() -> assertThat(reader.readAll(Position.START, 10).events()).hasSize(1));
            assertThat(readPartitions().events()).hasSize(1);
            assertThat(reader.horizonHolder()).isEmpty();

            writing.setAutoCommit(false);
            TestJournal.insertByHand(writing, "till|b");
            store(TestJournal.event("till|c", 1));
            await().during(Duration.ofMillis(150))
                    .atMost(TestJournal.PATIENCE)
                    .untilAsserted(() -> assertThat(reader.readAll(Position.START, 10).events()).hasSize(1));
            writing.commit();
            assertThat(reader.readAll(Position.START, 10).events()).hasSize(3);
        }
    }

    @Test void what_ends_after_bystanders_were_looked_up_is_seen_whatever_isolation_the_database_has()
            throws SQLException {
        journal.execute(
                """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''repeatable read\'\'',
                current_database()); END $$""");
        AtomicInteger stored = new AtomicInteger();
        try (Connection elsewhere = journal.connect(); Connection other = journal.connect()) {
            elsewhere.setAutoCommit(false);
            execute(elsewhere, "CREATE TEMPORARY TABLE elsewhere (n int)");
            store(TestJournal.event("till|a", 1));
            JournalReader watched = new JournalReader(afterLookUp(() -> TestJournal.insertByHand(other,
                    "till|" + stored.incrementAndGet())), reader.info());

            await().atMost(TestJournal.PATIENCE).untilAsserted(() -> {
                int events = watched.readAll(Position.START, 1000).events().size();
                assertThat(events).isGreaterThan(1).isEqualTo(1 + stored.get());
            });
        }
    }

    private interface Step {
        void take() throws SQLException;
    }

    /** Sessions in which something happens between the two statements of a read that looks for bystanders. */
    private DataSource afterLookUp(Step step) {
        return proxy(DataSource.class, (_, _) -> {
            Connection session = journal.connect();
            return proxy(Connection.class, (method, arguments) -> {
                if (method.getName().equals("prepareStatement") && !session.getAutoCommit()) {
                    step.take();
                }
                return method.invoke(session, arguments);
            });
        });
    }

    private interface Call {
        @Nullable Object call(Method method, @Nullable Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
                (_, method, arguments) -> call.call(method, arguments)));
    }

    @Test void without_the_trigger_an_event_behind_a_readers_back_would_be_lost() throws SQLException {
        try (Connection elsewhere = journal.connect()) {
            journal.execute("ALTER TABLE ritsem.event_journal DISABLE TRIGGER begin_with_journal");
            assertThatThrownBy(() -> journal.database().check()).isInstanceOf(SchemaException.class)
                    .hasMessageContaining("ENABLE ALWAYS TRIGGER begin_with_journal");
            elsewhere.setAutoCommit(false);
            execute(elsewhere, "CREATE TEMPORARY TABLE elsewhere (n int)");
            store(TestJournal.event("till|a", 1));
            await().atMost(TestJournal.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(reader.readAll(Position.START, 10).events()).hasSize(1));
            Position after = reader.readAll(Position.START, 10).events().getFirst().position();

            TestJournal.insertByHand(elsewhere, "till|b");
            elsewhere.commit();

            assertThat(journal.count()).isEqualTo(2);
            assertThat(reader.readAll(after, 10).events()).isEmpty();
        }
    }

    @Test void who_has_written_elsewhere_may_not_write_events() throws SQLException {
        try (Connection connection = journal.connect()) {
            connection.setAutoCommit(false);
            TestJournal.insertByHand(connection, "till|a");
            TestJournal.insertByHand(connection, "till|b");
            connection.commit();

            execute(connection, "CREATE TEMPORARY TABLE elsewhere (n int)");
            refused(connection, "till|c");
            connection.rollback();

            Savepoint before = connection.setSavepoint();
            TestJournal.insertByHand(connection, "till|d");
            connection.rollback(before);
            refused(connection, "till|d");
            connection.rollback();
        }
        assertThat(reader.readAll(Position.START, 10).events()).hasSize(2);
    }

    private static void refused(Connection connection, String persistenceId) {
        assertThatThrownBy(() -> TestJournal.insertByHand(connection, persistenceId))
                .hasMessageContaining("events must be the first that a transaction writes");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void store(PersistentRepr event) {
        TestJournal.await(lane.write(List.of(event)));
    }

    private JournalReader.Tail readPartitions() {
        Map<Integer, Position> from = new HashMap<>();
        for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
            from.put(partition, Position.START);
        }
        return reader.readPartitions(from, 10);
    }
}

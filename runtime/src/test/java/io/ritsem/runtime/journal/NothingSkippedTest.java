package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writers commit and roll back at random, some of their transactions staying open while others overtake them. Readers
 * that read along must see each committed event once, and the events of an entity in their order.
 */
class NothingSkippedTest {

    private static final long SEED = 20261121;
    private static final int WRITERS = 6;
    private static final int TRANSACTIONS = 150;

    private record Event(String entity, long sequence) {}

    @Test void readers_see_each_committed_event_once_and_an_entity_in_order() throws Exception {
        try (TestJournal journal = TestJournal.onFreshDatabase();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Set<Event>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                writers.add(threads.submit(() -> write(journal, number)));
            }
            List<Future<?>> bystanders = List.of(threads.submit(() -> standBy(journal, writers)),
                    threads.submit(() -> standBy(journal, writers)));
            Callable<Boolean> written = () -> writers.stream().allMatch(Future::isDone);
            Future<List<Event>> each = threads.submit(() -> readPartitions(journal.reader(), written));
            Future<List<Event>> merged = threads.submit(() -> readAll(journal.reader(), written));

            Set<Event> committed = new HashSet<>();
            for (Future<Set<Event>> writer : writers) {
                committed.addAll(result(writer));
            }
            assertThat(committed).hasSizeGreaterThan(WRITERS * TRANSACTIONS / 2);
            for (Future<?> bystander : bystanders) {
                var _ = result(bystander);
            }
            complete(result(each), committed);
            complete(result(merged), committed);
        }
    }

    private static void complete(List<Event> read, Set<Event> committed) {
        assertThat(read).doesNotHaveDuplicates().hasSameElementsAs(committed);
        Map<String, Long> sequences = new HashMap<>();
        for (Event event : read) {
            assertThat(event.sequence()).isEqualTo(sequences.merge(event.entity(), 1L, Long::sum));
        }
    }

    /** Keeps transactions open that write, but no events, so that readers have to find out whom to wait for. */
    private static Void standBy(TestJournal journal, List<? extends Future<?>> writers) throws SQLException {
        try (Connection connection = journal.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!writers.stream().allMatch(Future::isDone)) {
                statement.execute("CREATE TEMPORARY TABLE elsewhere (n int)");
                statement.execute("SELECT pg_sleep(0.3)");
                connection.rollback();
            }
        }
        return null;
    }

    /** One entity's writer: its next event only after the former is decided. */
    private static Set<Event> write(TestJournal journal, int number) throws SQLException {
        Random random = new Random(SEED + number);
        Set<Event> committed = new HashSet<>();
        long[] sequences = new long[4];
        try (Connection connection = journal.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < TRANSACTIONS; i++) {
                int entity = random.nextInt(sequences.length);
                List<Event> events = new ArrayList<>();
                for (int rows = 1 + random.nextInt(3); rows > 0; rows--) {
                    Event event = new Event(number + "-" + entity, sequences[entity] + 1 + events.size());
                    insert(statement, event);
                    events.add(event);
                    statement.execute("SELECT pg_sleep(%s)".formatted(random.nextInt(4) == 0 ? "0.02" : "0"));
                }
                if (random.nextInt(4) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                    sequences[entity] += events.size();
                    committed.addAll(events);
                }
            }
        }
        return committed;
    }

    private static void insert(Statement statement, Event event) throws SQLException {
        String persistenceId = "till|" + event.entity();
        statement.execute(
                """
                INSERT INTO ritsem.event_journal (persistence_id, sequence_number, writer, event_ser_id,
                  event_ser_manifest, event_payload, partition, event_time, causation)
                VALUES ('%s', %d, 'me', 0, 'till.deposited/1', '{}', %d, now(), gen_random_uuid())""".formatted(
                        persistenceId, event.sequence(), Partition.of(persistenceId, TestJournal.PARTITIONS)));
    }

    private static List<Event> readPartitions(JournalReader reader, Callable<Boolean> written) throws Exception {
        Map<Integer, Position> after = new HashMap<>();
        for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
            after.put(partition, Position.START);
        }
        List<Event> read = new ArrayList<>();
        for (Instant deadline = deadline(); Instant.now().isBefore(deadline);) {
            boolean last = written.call();
            JournalReader.Tail tail = reader.readPartitions(after, 5);
            for (RecordedEvent event : tail.events()) {
                assertThat(event.position()).isGreaterThan(after.get(event.partition()));
                assertThat(event.position().transactionId()).isLessThan(tail.horizon());
                after.put(event.partition(), event.position());
                read.add(new Event(event.entity().id(), event.sequence()));
            }
            if (last && tail.events().isEmpty() && tail.last() < tail.horizon()) {
                return read;
            }
        }
        throw new AssertionError("The reader did not come to an end");
    }

    private static List<Event> readAll(JournalReader reader, Callable<Boolean> written) throws Exception {
        Position after = Position.START;
        List<Event> read = new ArrayList<>();
        for (Instant deadline = deadline(); Instant.now().isBefore(deadline);) {
            boolean last = written.call();
            JournalReader.Tail tail = reader.readAll(after, 5);
            for (RecordedEvent event : tail.events()) {
                assertThat(event.position()).isGreaterThan(after);
                after = event.position();
                read.add(new Event(event.entity().id(), event.sequence()));
            }
            if (last && tail.events().isEmpty() && tail.last() < tail.horizon()) {
                return read;
            }
        }
        throw new AssertionError("The reader did not come to an end");
    }

    private static Instant deadline() {
        return Instant.now().plus(TestJournal.PATIENCE.multipliedBy(2));
    }

    private static <T> T result(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(TestJournal.PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
    }
}

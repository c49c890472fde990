package io.ritsem.runtime.journal;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;

import static io.ritsem.runtime.journal.TestJournal.await;
import static org.assertj.core.api.Assertions.assertThat;

/** The journal as Akka uses it: real persistent actors on the lanes of reference.conf. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LanesTest {

    private static final int WRITERS = 64;
    private static final int EVENTS = 25;
    private static final JournalLanes LANES = new JournalLanes(3);

    private final TestJournal journal = TestJournal.onFreshDatabase();

    @AfterEach void clear() throws SQLException {
        journal.clear();
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void what_64_writers_persisted_at_once_is_recovered_equal_after_a_restart() throws Exception {
        Map<String, List<EventEnvelope>> persisted = new HashMap<>();
        try (Node node = new Node(journal); ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, Future<List<EventEnvelope>>> writers = new HashMap<>();
            for (int i = 0; i < WRITERS; i++) {
                String id = "till|" + i;
                writers.put(id, callers.submit(() -> deposits(node, id)));
            }
            for (var writer : writers.entrySet()) {
                persisted.put(writer.getKey(),
                        writer.getValue().get(TestJournal.PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
        }
        assertThat(journal.count()).isEqualTo(WRITERS * EVENTS);
        assertThat(journal.number("SELECT count(DISTINCT transaction_id) FROM ritsem.event_journal"))
                .as("transactions for %d events", WRITERS * EVENTS)
                .isLessThan(WRITERS * EVENTS / 2);

        try (Node node = new Node(journal)) {
            for (var writer : persisted.entrySet()) {
                List<EventEnvelope> recovered = node.ask(node.spawn(writer.getKey()), PersistingTill.Read::new);
                assertThat(recovered).usingRecursiveComparison()
                        .ignoringFields("event", "transactionId")
                        .isEqualTo(writer.getValue());
                assertThat(recovered).allSatisfy(envelope -> assertThat(envelope.event()).isNull());
            }
        }
    }

    @Test void a_persisted_envelope_knows_the_transaction_that_stored_it() throws SQLException {
        try (Node node = new Node(journal)) {
            EventEnvelope envelope = node.deposit(node.spawn("till|a"));
            assertThat(envelope.transactionId())
                    .isEqualTo(journal.number("SELECT transaction_id::text::bigint FROM ritsem.event_journal"));
        }
    }

    @Test void every_write_nudges_the_tails_soon() {
        try (Node node = new Node(journal)) {
            CountDownLatch nudged = new CountDownLatch(1);
            JournalNudge.of(node.system).subscribe(nudged::countDown);
            ActorRef<PersistingTill.Message> till = node.spawn("till|a");
            Awaitility.await().until(() -> {
                node.deposit(till);
                return nudged.await(100, TimeUnit.MILLISECONDS);
            });
        }
    }

    @Test void a_writer_thread_ends_with_its_actor_system() {
        try (Node node = new Node(journal)) {
            node.deposit(node.spawn("till|a"));
            assertThat(writerThreads()).isPositive();
        }
        Awaitility.await().until(() -> writerThreads() == 0);
    }

    @Test void an_entity_keeps_its_lane_and_all_lanes_are_used() {
        for (int count = 1; count <= 4; count++) {
            JournalLanes lanes = new JournalLanes(count);
            Map<String, Long> entities = new HashMap<>();
            for (int i = 0; i < 10_000; i++) {
                assertThat(lanes.pluginIdOf("till|" + i)).isEqualTo(lanes.pluginIdOf("till|" + i));
                entities.merge(lanes.pluginIdOf("till|" + i), 1L, Long::sum);
            }
            int expected = 10_000 / count;
            assertThat(entities).hasSize(count)
                    .allSatisfy((_, share) -> assertThat(share).isBetween(expected * 9L / 10, expected * 11L / 10));
        }
    }

    private static long writerThreads() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().startsWith("ritsem-journal-writer"))
                .count();
    }

    private static List<EventEnvelope> deposits(Node node, String id) {
        ActorRef<PersistingTill.Message> till = node.spawn(id);
        List<EventEnvelope> envelopes = new ArrayList<>();
        IntStream.rangeClosed(1, EVENTS).forEach(i -> {
            EventMetadata metadata = new EventMetadata(Instant.now().truncatedTo(ChronoUnit.MICROS), "caller " + i,
                    i % 2 == 0 ? null : "correlation", UUID.randomUUID(), null,
                    i % 3 == 0 ? new SpentKey("key " + i, new byte[32], 1, i % 2 == 0 ? null : new byte[]{'1'}) : null);
            envelopes.add(node.deposit(till, metadata));
        });
        return envelopes;
    }

    /** An actor system on a journal. */
    private static final class Node implements AutoCloseable {

        private final ActorSystem<Void> system;

        Node(TestJournal journal) {
            var config = ConfigFactory
                    .parseString("""
                                 akka {
                                   loggers = ["akka.event.slf4j.Slf4jLogger"]
                                   loglevel = WARNING
                                   log-dead-letters = off
                                   coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                                 }""")
                    .withFallback(ConfigFactory.load());
            system = ActorSystem.create(Behaviors.empty(), "ritsem", ActorSystemSetup.create(
                    BootstrapSetup.create(config), new HostedApplication(ApplicationModel.of(_ -> {})),
                    new DatabaseSetup(journal.database().dataSource(), journal.info(), WriteFence.NONE)));
        }

        ActorRef<PersistingTill.Message> spawn(String id) {
            return system.systemActorOf(PersistingTill.of(id, LANES), id.replace('|', '-'), Props.empty());
        }

        EventEnvelope deposit(ActorRef<PersistingTill.Message> till) {
            return deposit(till, TestJournal.metadata(null, null));
        }

        EventEnvelope deposit(ActorRef<PersistingTill.Message> till, EventMetadata metadata) {
            return ask(till, replyTo -> new PersistingTill.Deposit(metadata, replyTo));
        }

        <T> T ask(ActorRef<PersistingTill.Message> till, Function<ActorRef<T>, PersistingTill.Message> message) {
            CompletableFuture<T> answer = AskPattern.<PersistingTill.Message, T>ask(till, message::apply,
                    TestJournal.PATIENCE, system.scheduler()).toCompletableFuture();
            return await(answer);
        }

        @Override public void close() {
            system.terminate();
            await(system.getWhenTerminated().toCompletableFuture());
        }
    }
}

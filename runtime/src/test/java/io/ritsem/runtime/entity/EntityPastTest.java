package io.ritsem.runtime.entity;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandOutcome;
import io.ritsem.runtime.gateway.EntityState;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.journal.SnapshotTable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Looks at the past of an entity: the same as the fold of its events, from the newest snapshot on, and in time. */
class EntityPastTest {

    private TestNode node;

    @BeforeEach void start() {
        node = TestNode.onFreshDatabase();
    }

    @AfterEach void stop() {
        node.close();
    }

    @Test void every_version_and_every_moment_is_the_fold_of_the_events_till_then() {
        List<RecordedEvent> events = pay(3_000);
        await().until(() -> node.snapshots("till") >= 50);
        assertThat(node.snapshots("till")).isLessThanOrEqualTo(300);

        BigDecimal money = BigDecimal.ZERO;
        for (RecordedEvent event : events) {
            money = money.add(BigDecimal.valueOf(event.sequence()));
            assertThat(at(event.sequence())).as("at version %d", event.sequence()).isEqualTo(money(money));
        }
        assertThat(at(0)).isEqualTo(money(BigDecimal.ZERO));
        assertThat(node.await(node.gateway().stateAt(node.id("till"), 3_001, node.deadline()))).isNull();
        assertThat(at(events.getFirst().metadata().time().minusMillis(1))).isNull();
        for (RecordedEvent event : events) {
            Instant time = event.metadata().time();
            EntityState then = at(time);
            assertThat(then.version()).as("at %s", time).isEqualTo(lastUpTo(events, time));
            assertThat(then).usingRecursiveComparison()
                    .isEqualTo(node.await(node.gateway().stateAt(node.id("till"), then.version(), node.deadline())));
        }
        assertThat(node.entitySnapshots().ignored()).isZero();
    }

    @Test void the_past_begins_at_the_newest_snapshot_before_it() {
        pay(500);
        // what would be read needlessly cannot be read any more
        for (long snapshot : List.of(480L, 250L, 30L)) {
            await().until(() -> node.newestSnapshot("till", snapshot) >= snapshot - 150);
            long from = node.newestSnapshot("till", snapshot);
            node.execute("UPDATE ritsem.event_journal SET event_payload = 'torn' WHERE sequence_number <= " + from);

            assertThat(at(snapshot)).isEqualTo(money(BigDecimal.valueOf(snapshot * (snapshot + 1) / 2)));
            node.execute(
                    "UPDATE ritsem.event_journal SET event_payload = convert_to('{\"amount\":\"' || sequence_number "
                            + "|| '\"}', 'UTF8') WHERE sequence_number <= " + from);
        }
    }

    @Test void those_who_wait_are_told_in_time_and_what_nobody_waits_for_is_not_done() throws SQLException {
        pay(20);
        AtomicInteger connections = new AtomicInteger();
        EntityHistory history = history(counting(connections), Executors.newVirtualThreadPerTaskExecutor());
        List<CompletableFuture<?>> looks = new ArrayList<>();
        try (Connection lock = node.lockedFromReading()) {
            Instant deadline = Instant.now().plusMillis(700);
            for (int i = 0; i < 50; i++) {
                looks.add(history.stateAt(node.id("till"), 15, deadline).toCompletableFuture());
                looks.add(history.events(node.id("till"), 0, 10, deadline).toCompletableFuture());
                looks.add(history.stateAt(node.id("till"), Instant.now(), deadline).toCompletableFuture());
            }
            assertThat(looks).filteredOn(look -> !outcome(look).equals("deadline-passed")).hasSizeLessThanOrEqualTo(4);
            lock.rollback();
        }
        assertThat(looks.stream().map(EntityPastTest::outcome)).filteredOn("deadline-passed"::equals)
                .hasSizeGreaterThan(140);
        assertThat(connections.get()).isLessThanOrEqualTo(2 * 4);
    }

    @Test void the_gateway_answers_by_the_deadline_though_the_database_does_not() throws SQLException {
        pay(20);
        try (Connection lock = node.lockedFromReading()) {
            Instant soon = Instant.now().plusMillis(300);
            assertThat(outcome(node.gateway().stateAt(node.id("till"), 15, soon).toCompletableFuture()))
                    .isEqualTo("deadline-passed");
            assertThat(outcome(node.gateway().events(node.id("till"), 0, 10, soon).toCompletableFuture()))
                    .isEqualTo("deadline-passed");
            lock.rollback();
        }
        assertThat(at(20)).isEqualTo(money(BigDecimal.valueOf(210)));
    }

    @Test void a_node_that_has_stopped_reading_says_so() {
        ExecutorService stopped = Executors.newVirtualThreadPerTaskExecutor();
        stopped.shutdown();
        EntityHistory history = history(node.dataSource(), stopped);

        assertThat(outcome(history.stateAt(node.id("till"), 1, node.deadline()).toCompletableFuture()))
                .isEqualTo("stopping");
        assertThat(outcome(history.stateAt(node.id("till"), Instant.now(), node.deadline()).toCompletableFuture()))
                .isEqualTo("stopping");
        assertThat(outcome(history.events(node.id("till"), 0, 1, node.deadline()).toCompletableFuture()))
                .isEqualTo("stopping");
    }

    /** Pays 1, 2, 3 and so on, many at once, so that snapshots lie where batches end. */
    private List<RecordedEvent> pay(int times) {
        List<CompletionStage<CommandOutcome>> all = new ArrayList<>();
        for (int amount = 1; amount <= times; amount++) {
            all.add(node.gateway().submit(node.command("till", "pay", "{\"amount\":\"%d\"}".formatted(amount))));
            if (amount % 37 == 0 || amount == times) {
                all.forEach(outcome -> assertThat(node.await(outcome)).isInstanceOf(CommandOutcome.Accepted.class));
                all.clear();
            }
        }
        return node.await(node.gateway().events(node.id("till"), 0, times, node.deadline())).events();
    }

    private static long lastUpTo(List<RecordedEvent> events, Instant time) {
        return events.stream()
                .filter(event -> !event.metadata().time().isAfter(time))
                .mapToLong(RecordedEvent::sequence)
                .max()
                .orElseThrow();
    }

    private String at(long version) {
        EntityState state = node.await(node.gateway().stateAt(node.id("till"), version, node.deadline()));
        assertThat(state.version()).isEqualTo(version);
        return new String(state.state(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private EntityState at(Instant time) {
        return node.await(node.gateway().stateAt(node.id("till"), time, node.deadline()));
    }

    private static String money(BigDecimal amount) {
        return "{\"money\":\"" + amount + "\"}";
    }

    private EntityHistory history(DataSource dataSource, ExecutorService blocking) {
        ApplicationModel application = ApplicationModel.of(new Till.Shop());
        return new EntityHistory(application, new JournalReader(dataSource, node.info()),
                new EntitySnapshots(application, new SnapshotTable(dataSource)), blocking);
    }

    /** "done", or why it was not. */
    private static String outcome(CompletableFuture<?> look) {
        try {
            look.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
            return "done";
        } catch (CompletionException failure) {
            return failure.getCause() instanceof UnavailableException unavailable
                    ? unavailable.reason()
                    : failure.getCause().toString();
        }
    }

    private DataSource counting(AtomicInteger connections) {
        return (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{DataSource.class},
                (_, method, arguments) -> {
                    connections.incrementAndGet();
                    try {
                        return method.invoke(node.dataSource(), arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}

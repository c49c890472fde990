package io.ritsem.projections.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Colour;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.GenerationCleanUp;
import io.ritsem.projections.store.GenerationSettings;
import io.ritsem.projections.store.GenerationSwitch;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.LeaseStore;
import io.ritsem.projections.store.ViewStore;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.store.ViewVersion;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalReader;
import io.ritsem.runtime.journal.Position;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.idIn;
import static org.assertj.core.api.Assertions.assertThat;

/** Two workers that both believe they own a view's cursors, with the same lease, so that only the compare-and-set is left. */
class ExactlyOnceTest {

    private static final int INCREMENTS = 40;
    private static final int BATCH = 10;
    private static final String COMPARE = "AND c.transaction_id = m.transaction_id AND c.ordering = m.ordering";

    private final TestJournal journal = new TestJournal();
    private final ApplicationModel application = ApplicationModel.of(new Jars());
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach void close() {
        threads.shutdownNow();
        journal.close();
    }

    @Test void two_owners_of_a_partition_apply_every_event_once() throws Exception {
        ViewTable<Content> table = followTwice(0, journal.dataSource());
        assertThat(journal.rows(table)).isEqualTo(Map.of(idIn(0, "jar"), new Content(INCREMENTS, INCREMENTS),
                idIn(1, "jar"), new Content(INCREMENTS, INCREMENTS)));
    }

    @Test void two_workers_with_40_increments_each_of_one_row_make_80() throws Exception {
        ViewTable<Colour> table = followTwice(1, journal.dataSource());
        assertThat(journal.rows(table)).isEqualTo(Map.of("red", new Colour(2 * INCREMENTS, 2 * INCREMENTS)));
        assertThat(applied(table)).isEqualTo(2 * INCREMENTS);
    }

    @Test void without_the_compare_and_set_events_would_be_applied_twice() throws Exception {
        ViewTable<Colour> table = followTwice(1, withoutCompareAndSet(journal.dataSource()));
        assertThat(applied(table)).isGreaterThan(2 * INCREMENTS);
    }

    private long applied(ViewTable<?> table) throws Exception {
        return new ViewStore(journal.dataSource(), Duration.ofMinutes(1), 1).events(table);
    }

    @Test void what_a_cursor_has_passed_is_not_applied_again_when_another_loses_its_place_within_a_batch()
            throws Exception {
        for (int n = 0; n < 3 * BATCH; n++) {
            journal.write(event("jar", idIn(n / BATCH == 1 ? 0 : 1, "jar"), new Filled("red", 1)));
        }
        // in the second transaction of the slice
        DataSource dataSource = before(2, () -> journal
                .execute("UPDATE ritsem.view_cursor SET lease_epoch = lease_epoch + 1 WHERE partition = 1"));
        ViewTable<Content> table = table(0, dataSource);
        JournalReader.Tail all = journal.reader().readAll(Position.START, 3 * BATCH);
        Position passed = all.events().get(2 * BATCH - 1).position();
        journal.execute("UPDATE ritsem.view_cursor SET transaction_id = %d, ordering = %d WHERE partition = 0"
                .formatted(passed.transactionId(), passed.ordering()));
        try (Leases leases = leases(table, dataSource)) {
            worker(table, parts(leases, dataSource)).follow(new Slice(Position.START, ViewProgress.endOf(all.end()),
                    Set.of(0, 1, 2, 3), all.events()));
        }
        assertThat(journal.rows(table)).isEqualTo(Map.of(idIn(1, "jar"), new Content(2 * BATCH, 2 * BATCH)));
    }

    @SuppressWarnings("unchecked") private <R> ViewTable<R> table(int view, DataSource dataSource) throws Exception {
        return (ViewTable<R>) new Generations(dataSource, 1, TestJournal.PARTITIONS)
                .prepare(application.views().get(view))
                .table();
    }

    private static Leases leases(ViewTable<?> table, DataSource dataSource) throws Exception {
        Leases leases = new Leases(new LeaseStore(dataSource, "test", Duration.ofMinutes(1)),
                TestJournal.PARTITIONS);
        leases.keep(Map.of(table.id(), ViewVersion.of(table.definition())));
        return leases;
    }

    private EngineParts parts(Leases leases, DataSource dataSource) {
        return new EngineParts(application, journal.reader(),
                new ViewStore(dataSource, Duration.ofMinutes(1), 4),
                new GenerationSwitch(dataSource, Duration.ofMinutes(1)),
                new GenerationCleanUp(dataSource, new GenerationSettings(0, Duration.ofDays(1), Duration.ofDays(1))),
                leases, new NoTail(), threads,
                new EngineSettings(BATCH, 4, Duration.ofDays(1), Duration.ofMillis(1)));
    }

    private <R> ViewTable<R> followTwice(int view, DataSource dataSource) throws Exception {
        ViewTable<R> table = table(view, dataSource);
        Leases leases = leases(table, dataSource);
        EngineParts parts = parts(leases, dataSource);
        List<ViewWorker<R>> workers = List.of(worker(table, parts), worker(table, parts));
        CyclicBarrier together = new CyclicBarrier(workers.size());
        for (int i = 0; i < INCREMENTS; i++) {
            journal.write(event("jar", idIn(0, "jar"), new Filled("red", 1)));
            journal.write(event("jar", idIn(1, "jar"), new Filled("red", 1)));
            Slice now = upToHorizon(parts.journal());
            List<Callable<Void>> turns = new ArrayList<>();
            for (ViewWorker<R> worker : workers) {
                turns.add(() -> {
                    together.await(20, TimeUnit.SECONDS);
                    worker.follow(now);
                    return null;
                });
            }
            for (Future<Void> turn : threads.invokeAll(turns)) {
                turn.get(20, TimeUnit.SECONDS);
            }
        }
        leases.close();
        return table;
    }

    private static <R> ViewWorker<R> worker(ViewTable<R> table, EngineParts parts) {
        return new ViewWorker<>(table, parts, new ViewProgress(table, parts.store(), parts.journal(), parts.tail()));
    }

    /** An empty slice that begins at the horizon: workers read by themselves all that lies before it. */
    private static Slice upToHorizon(JournalReader reader) {
        Position end = ViewProgress.endOf(reader.readPartitions(Map.of(0, Position.START), 1).horizon() - 1);
        return new Slice(end, end, Set.of(0, 1, 2, 3), List.of());
    }

    /** A pool whose connections leave the comparison of positions out of the statement that moves a cursor. */
    private static DataSource withoutCompareAndSet(DataSource dataSource) {
        return preparing(dataSource, sql -> sql.replace(COMPARE, ""));
    }

    /** A pool whose connections do something before the n-th statement that moves cursors. */
    private DataSource before(int nth, Action action) {
        AtomicInteger moves = new AtomicInteger();
        return preparing(journal.dataSource(), sql -> {
            if (sql.contains(COMPARE) && moves.incrementAndGet() == nth) {
                action.run();
            }
            return sql;
        });
    }

    private interface Action {
        void run() throws Exception;
    }

    private interface Change {
        String of(String sql) throws Exception;
    }

    private static DataSource preparing(DataSource dataSource, Change change) {
        return proxy(DataSource.class, dataSource, change, connection -> connection instanceof Connection real
                ? proxy(Connection.class, real, change, result -> result)
                : connection);
    }

    private interface Wrap {
        Object result(Object result);
    }

    private static <T> T proxy(Class<T> type, T target, Change change, Wrap wrap) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type}, (_, method, arguments) -> {
            if (method.getName().equals("prepareStatement")) {
                arguments[0] = change.of((String) arguments[0]);
            }
            try {
                return wrap.result(method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private record NoTail() implements TailPulse {

        @Override public void wake() {
            // There is none here.
        }

        @Override public Hurry hurry() {
            return () -> {};
        }

        @Override public Duration blindness() {
            return Duration.ZERO;
        }
    }
}

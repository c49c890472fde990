package io.ritsem.projections;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import akka.actor.typed.ActorSystem;

import io.ritsem.domain.Application;
import io.ritsem.projections.engine.EngineSettings;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.engine.ViewStatus;
import io.ritsem.projections.query.QuerySettings;
import io.ritsem.projections.store.GenerationSettings;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.tail.TailSettings;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalReader;

/** The projections of one node over a test's journal, with an actor system of their own. */
final class RunningNode implements AutoCloseable {

    static final ProjectionSettings SETTINGS = new ProjectionSettings(Duration.ofSeconds(1),
            new TailSettings(Duration.ofMillis(5), Duration.ofMillis(100), 250, Duration.ZERO),
            new EngineSettings(500, 4, Duration.ofMillis(200), Duration.ofMillis(50)),
            new GenerationSettings(0, Duration.ofMinutes(10), Duration.ofDays(1)), new QuerySettings(4));

    private final ActorSystem<Void> system;
    final Projections projections;

    RunningNode(TestJournal journal, Application application) throws SQLException {
        this(journal, application, SETTINGS);
    }

    RunningNode(TestJournal journal, Application application, ProjectionSettings settings) throws SQLException {
        this(journal, journal.reader(), application, settings);
    }

    RunningNode(TestJournal journal, JournalReader reader, Application application, ProjectionSettings settings)
            throws SQLException {
        system = TestSystem.start(application);
        try {
            projections = Projections.start(system, journal.dataSource(), reader,
                    ApplicationModel.of(application), settings);
        } catch (SQLException | RuntimeException e) {
            TestSystem.stop(system);
            throw e;
        }
    }

    RunningNode ready() throws Exception {
        var _ = projections.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
        return this;
    }

    static ProjectionSettings heldBack(Duration holdBack) {
        TailSettings tail = SETTINGS.tail();
        return new ProjectionSettings(SETTINGS.lease(),
                new TailSettings(tail.shortestInterval(), tail.longestInterval(), tail.batch(), holdBack),
                SETTINGS.engine(), SETTINGS.generations(), SETTINGS.query());
    }

    @SuppressWarnings("unchecked") <R> ViewTable<R> table(String view) {
        return (ViewTable<R>) projections.views().served(view).orElseThrow().table();
    }

    ViewProgress progress(String view) {
        return projections.views().served(view).orElseThrow().progress();
    }

    boolean passes(String view, int partition, long transaction, Duration atMost) throws Exception {
        return progress(view).awaitPassed(Map.of(partition, transaction), atMost);
    }

    ViewStatus status(String view) {
        List<ViewStatus> all = projections.status();
        return all.stream().filter(status -> status.view().equals(view)).findFirst().orElseThrow();
    }

    @Override public void close() {
        projections.close();
        TestSystem.stop(system);
    }
}

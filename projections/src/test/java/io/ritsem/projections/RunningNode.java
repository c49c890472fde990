package io.ritsem.projections;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.ritsem.domain.Application;
import io.ritsem.projections.engine.EngineSettings;
import io.ritsem.projections.engine.ViewProgress;
import io.ritsem.projections.engine.ViewStatus;
import io.ritsem.projections.store.ViewTable;
import io.ritsem.projections.tail.TailSettings;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.application.HostedApplication;

import static org.awaitility.Awaitility.await;

/** The projections of one node over a test's journal, with an actor system of their own. */
final class RunningNode implements AutoCloseable {

    static final ProjectionSettings SETTINGS = new ProjectionSettings(Duration.ofSeconds(1),
            new TailSettings(Duration.ofMillis(5), Duration.ofMillis(100), 250, Duration.ZERO),
            new EngineSettings(500, 4, Duration.ofMillis(200), Duration.ofMillis(50)));

    private static final Config CONFIG = ConfigFactory
            .parseString("""
                         akka {
                           loglevel = WARNING
                           stdout-loglevel = OFF
                           loggers = ["akka.event.slf4j.Slf4jLogger"]
                           coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                         }
                         """)
            .withFallback(ConfigFactory.load());

    private final ActorSystem<Void> system;
    final Projections projections;

    RunningNode(TestJournal journal, Application application) throws SQLException {
        this(journal, application, SETTINGS);
    }

    RunningNode(TestJournal journal, Application application, ProjectionSettings settings) throws SQLException {
        ApplicationModel model = ApplicationModel.of(application);
        system = ActorSystem.create(Behaviors.empty(), "ritsem",
                ActorSystemSetup.create(BootstrapSetup.create(CONFIG), new HostedApplication(model)));
        try {
            projections = Projections.start(system, journal.dataSource(), journal.reader(), model, settings);
        } catch (SQLException | RuntimeException e) {
            terminate();
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
                SETTINGS.engine());
    }

    @SuppressWarnings("unchecked") <R> ViewTable<R> table(String view) {
        return (ViewTable<R>) projections.progress()
                .keySet()
                .stream()
                .filter(table -> table.view().equals(view))
                .findFirst()
                .orElseThrow();
    }

    ViewProgress progress(String view) {
        return projections.progress().get(table(view));
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
        terminate();
    }

    private void terminate() {
        system.terminate();
        await().atMost(Duration.ofSeconds(20)).until(() -> system.whenTerminated().isCompleted());
    }
}

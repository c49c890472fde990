package io.ritsem.projections;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import akka.actor.typed.ActorSystem;
import ch.qos.logback.classic.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.engine.ViewStatus.State;
import io.ritsem.projections.store.GenerationSwitch;
import io.ritsem.projections.store.Generations;
import io.ritsem.projections.store.ViewOperations;
import io.ritsem.projections.store.ViewVersion;
import io.ritsem.runtime.application.ApplicationModel;

import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** That a node goes on looking after its views, whatever one round meets. */
class ViewHostTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int ROUNDS = 5; // the clock's own are among them

    private final TestJournal journal = new TestJournal();

    @AfterEach void close() {
        journal.close();
    }

    @Test void a_table_that_cannot_be_dropped_yet_keeps_no_node_from_its_views() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            assertThat(node.table("contents").generation()).isEqualTo(1);
        }
        journal.execute(
                "UPDATE ritsem.view_generation SET fingerprint = 'of nobody', used_at = now() - interval '2 days'"
                        + " WHERE view = 'contents'");
        try (Connection reader = journal.transaction();
                CapturedLog host = new CapturedLog("io.ritsem.projections.engine.ViewHost");
                CapturedLog cleanUp = new CapturedLog("io.ritsem.projections.store.GenerationCleanUp")) {
            reader.createStatement().execute("SELECT FROM ritsem.view_contents_1");
            try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
                assertThat(node.table("contents").generation()).isEqualTo(2);
            }
            assertThat(cleanUp.lines(Level.WARN)).isNotEmpty();
            assertThat(host.lines(Level.WARN)).isEmpty();
        }
    }

    @Test void a_build_that_has_stopped_here_and_is_begun_anew_elsewhere_is_followed_anew() throws Exception {
        Application application = app -> {
            Jars.entities(app);
            app.view("contents", new Breakable()).of("jar");
        };
        ViewVersion version = ViewVersion.of(ApplicationModel.of(application).views().getFirst());
        Generations generations = new Generations(journal.dataSource(), 1, TestJournal.PARTITIONS);
        ViewOperations elsewhere = new ViewOperations(journal.dataSource(), generations,
                new GenerationSwitch(journal.dataSource(), Duration.ofSeconds(1)));
        journal.write(event("jar", "a", new Filled("red", 1)));
        try (CapturedLog log = new CapturedLog("io.ritsem.projections.engine.ViewProjection");
                RunningNode node = new RunningNode(journal, application).ready()) {
            Breakable.broken = true;
            elsewhere.rebuild(version, false, 0, "a test");
            await().atMost(SOON)
                    .until(() -> node.projections.status().stream().anyMatch(each -> each.state() == State.STOPPED));
            Breakable.broken = false;
            elsewhere.cancel(version, "a test");
            elsewhere.rebuild(version, false, 0, "a test");
            await().atMost(SOON).until(() -> node.table("contents").generation() != 1);
            assertThat(log.lines(Level.ERROR)).hasSize(1);
        } finally {
            Breakable.broken = false;
        }
    }

    static final class Breakable implements EntityView<Event, Content> {

        static volatile boolean broken;

        @Override public Content apply(Content row, Event event, Recorded recorded) {
            if (broken) {
                throw new InternalError("broken");
            }
            return row == null ? new Content(1, 1) : row;
        }
    }

    @Test void errors_are_logged_and_do_not_end_the_rounds() throws Exception {
        AtomicInteger failures = new AtomicInteger(); // how many are to come
        DataSource data = (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{DataSource.class}, (_, method, arguments) -> {
                    if (Thread.currentThread().getName().equals("ritsem-views")
                            && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new InternalError("no more of it");
                    }
                    try {
                        return method.invoke(journal.dataSource(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Application application = new Jars();
        ActorSystem<Void> system = TestSystem.start(application);
        try (CapturedLog host = new CapturedLog("io.ritsem.projections.engine.ViewHost");
                Projections projections = Projections.start(system, data, journal.reader(),
                        ApplicationModel.of(application), RunningNode.SETTINGS)) {
            var _ = projections.ready().toCompletableFuture().get(60, TimeUnit.SECONDS);
            failures.set(ROUNDS);
            await().atMost(SOON).until(() -> failures.get() == 0);
            journal.execute("UPDATE ritsem.view_generation SET paused = true");
            await().atMost(SOON)
                    .until(() -> projections.status().stream().allMatch(each -> each.state() == State.PAUSED));
            assertThat(host.lines(Level.ERROR)).hasSize(ROUNDS)
                    .allSatisfy(line -> assertThat(line.getThrowableProxy().getMessage()).isEqualTo("no more of it"));
        } finally {
            TestSystem.stop(system);
        }
    }
}

package io.ritsem.projections;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.engine.ViewReport;
import io.ritsem.projections.engine.ViewReport.Condition;
import io.ritsem.projections.engine.ViewReport.PartitionReport;

import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.idIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How fresh views are, by somebody else's measure than the tail's, and why they are not. */
class ViewWatchTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LATE = Duration.ofSeconds(2);

    private TestJournal journal;

    @BeforeEach void open() {
        journal = new TestJournal();
    }

    @AfterEach void close() {
        journal.close();
    }

    private ViewReport report(RunningNode node, String view) throws Exception {
        return report(node, view, 1);
    }

    private ViewReport report(RunningNode node, String view, int generation) throws Exception {
        List<ViewReport> all = node.projections.watch().look();
        return all.stream()
                .filter(each -> each.generation().id().view().equals(view)
                        && each.generation().id().generation() == generation)
                .findFirst()
                .orElseThrow();
    }

    private void awaitCondition(RunningNode node, String view, Condition condition) {
        await().atMost(SOON).until(() -> report(node, view).condition() == condition);
    }

    private long fill(int partition) throws Exception {
        return journal.write(event("jar", idIn(partition, "jar"), new Filled("red", 1)));
    }

    @Test void a_view_that_has_everything_follows_without_lag() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            assertThat(node.passes("contents", 1, fill(1), SOON)).isTrue();
            ViewReport report = report(node, "contents");
            assertThat(report.condition()).isEqualTo(Condition.FOLLOWING);
            assertThat(report.lag()).isZero();
            assertThat(report.behind()).isZero();
            assertThat(report.partitions()).hasSize(TestJournal.PARTITIONS);
        }
    }

    @Test void what_an_open_transaction_hides_is_held_back_and_no_reader_thinks_it_is_fresh() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready(); Connection open = journal.transaction()) {
            journal.insert(open, event("jar", idIn(2, "jar"), new Filled("blue", 5)));
            fill(1);
            fill(1);
            awaitCondition(node, "contents", Condition.HELD_BACK);
            ViewReport report = report(node, "contents");
            assertThat(report.behind()).isEqualTo(2);
            assertThat(report.lag()).isGreaterThanOrEqualTo(LATE);
            assertThat(partition(report, 1).condition()).isEqualTo(Condition.HELD_BACK);
            assertThat(partition(report, 0).condition()).isEqualTo(Condition.FOLLOWING);
            assertThat(report(node, "colours").condition()).isEqualTo(Condition.HELD_BACK);
            assertThat(node.status("contents").lag()).isGreaterThanOrEqualTo(LATE);
            open.commit();
            awaitCondition(node, "contents", Condition.FOLLOWING);
        }
    }

    private static PartitionReport partition(ViewReport report, int partition) {
        return report.partitions().stream().filter(each -> each.partition() == partition).findFirst().orElseThrow();
    }

    @Test void a_view_whose_owner_does_nothing_is_stalled() throws Exception {
        Blocking.goOn = new CountDownLatch(1);
        Application application = app -> {
            new Jars().define(app);
            app.view("blocked", new Blocking()).of("jar");
        };
        try (RunningNode node = new RunningNode(journal, application).ready()) {
            fill(1);
            awaitCondition(node, "blocked", Condition.STALLED);
            assertThat(partition(report(node, "blocked"), 1).behind()).isEqualTo(1);
            assertThat(report(node, "contents").condition()).isEqualTo(Condition.FOLLOWING);
            Blocking.goOn.countDown();
            awaitCondition(node, "blocked", Condition.FOLLOWING);
        } finally {
            Blocking.goOn.countDown();
        }
    }

    static final class Blocking implements EntityView<Event, Content> {

        static volatile CountDownLatch goOn = new CountDownLatch(1);

        @Override public @Nullable Content apply(@Nullable Content row, Event event, Recorded recorded) {
            try {
                assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Content(1, 1);
        }
    }

    @Test void the_generation_of_a_version_that_nobody_runs_any_more_is_unowned() throws Exception {
        new RunningNode(journal, new Jars()).ready().close();
        Application changed = app -> {
            Jars.entities(app);
            app.view("contents", new Jars.Contents()).of("jar").indexedBy("fillings");
        };
        try (RunningNode node = new RunningNode(journal, changed).ready()) {
            assertThat(node.passes("contents", 3, fill(3), SOON)).isTrue();
            assertThat(report(node, "contents", 2).condition()).isEqualTo(Condition.FOLLOWING);
            assertThat(report(node, "contents", 2).ours()).isTrue();
            ViewReport old = report(node, "contents", 1);
            assertThat(old.condition()).isEqualTo(Condition.UNOWNED);
            assertThat(old.ours()).isFalse();
            assertThat(old.behind()).isEqualTo(1);
        }
    }

    @Test void a_view_that_only_another_version_of_the_application_has_is_not_said_to_follow_when_it_does_not()
            throws Exception {
        Blocking.goOn = new CountDownLatch(1);
        Application other = app -> {
            Jars.entities(app);
            app.view("blocked", new Blocking()).of("jar");
        };
        try (RunningNode _ = new RunningNode(journal, other).ready();
                RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            fill(1);
            awaitCondition(node, "blocked", Condition.STALLED);
            ViewReport report = report(node, "blocked");
            assertThat(report.ours()).isFalse();
            assertThat(report.lag()).isGreaterThanOrEqualTo(LATE);
            assertThat(report.behind()).isEqualTo(1);
            Blocking.goOn.countDown();
            awaitCondition(node, "blocked", Condition.FOLLOWING);
        } finally {
            Blocking.goOn.countDown();
        }
    }

    @Test void a_view_that_is_to_stand_still_for_a_moment_is_not_called_stalled() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            journal.execute("UPDATE ritsem.view_generation SET still_until = now() + interval '1 hour'"
                    + " WHERE view = 'contents'");
            await().atMost(SOON).until(() -> {
                fill(1); // until it stands still, these are applied
                return report(node, "contents").lag().compareTo(LATE.multipliedBy(2)) > 0;
            });
            assertThat(report(node, "contents").condition()).isEqualTo(Condition.BEHIND);
            journal.execute("UPDATE ritsem.view_generation SET still_until = NULL");
            await().atMost(SOON).until(() -> {
                Condition condition = report(node, "contents").condition();
                assertThat(condition).isNotEqualTo(Condition.STALLED);
                return condition == Condition.FOLLOWING;
            });
        }
    }

    @Test void a_tail_that_cannot_read_does_not_hide_that_its_views_are_stalled() throws Exception {
        try (RunningNode node = new RunningNode(journal, new Jars()).ready();
                Connection connection = journal.transaction()) {
            journal.insert(connection, event("jar", idIn(1, "jar"), new Filled("red", 1)));
            connection.createStatement().execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'nonsense'");
            connection.commit();
            awaitCondition(node, "contents", Condition.STALLED);
            awaitCondition(node, "colours", Condition.STALLED);
            assertThat(node.status("contents").lag()).isGreaterThanOrEqualTo(LATE);
            journal.execute("UPDATE ritsem.event_journal SET event_ser_manifest = 'jar.filled/1'");
            awaitCondition(node, "contents", Condition.FOLLOWING);
        }
    }

    @Test void a_paused_view_says_so_and_a_build_says_how_far_it_is() throws Exception {
        for (int i = 0; i < 200; i++) {
            fill(i % TestJournal.PARTITIONS);
        }
        try (RunningNode node = new RunningNode(journal, new Jars()).ready()) {
            node.projections.control().rebuild("contents", false, 20, "a test");
            await().atMost(SOON).until(() -> {
                ViewReport.Build build = report(node, "contents", 2).build();
                return build != null && build.events() > 0 && build.perSecond() > 0 && build.toGo() != null;
            });
            ViewReport report = report(node, "contents", 2);
            assertThat(report.condition()).isEqualTo(Condition.BUILDING);
            assertThat(report.build()).isNotNull();
            assertThat(report.build().expected()).isEqualTo(200);
            assertThat(report.behind()).isEqualTo(200 - report.build().events());
            node.projections.control().pause("contents", "a test");
            assertThat(report(node, "contents").condition()).isEqualTo(Condition.PAUSED);
            assertThat(report(node, "contents", 2).condition()).isEqualTo(Condition.PAUSED);
        }
    }
}

package io.ritsem.projections.query;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.EntityView;
import io.ritsem.domain.Recorded;
import io.ritsem.projections.Jars;
import io.ritsem.projections.Jars.Content;
import io.ritsem.projections.Jars.Event;
import io.ritsem.projections.Jars.Event.Broken;
import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;
import io.ritsem.projections.TestJournal.Written;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.UnavailableException;
import io.ritsem.runtime.journal.ConsistencyToken;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.Partition;
import io.ritsem.runtime.journal.RecordedEvent;
import io.ritsem.runtime.json.JsonType;

import static io.ritsem.projections.TestJournal.PARTITIONS;
import static io.ritsem.projections.TestJournal.event;
import static io.ritsem.projections.TestJournal.transactionId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Rows of the past. No view is built here, and there is no table of any. */
class PastRowsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestJournal journal = new TestJournal();

    @AfterEach void close() {
        journal.close();
    }

    @Test void is_the_fold_of_the_events_until_there_at_every_version_and_moment_and_token() throws Exception {
        Random random = new Random(20261121);
        List<String> ids = List.of("a", "b", "c");
        List<Long> transactions = new ArrayList<>(List.of(0L));
        for (int i = 0; i < 60; i++) {
            transactions.add(journal.write(IntStream.rangeClosed(0, random.nextInt(4))
                    .mapToObj(_ -> event("jar", ids.get(random.nextInt(ids.size())), randomEvent(random)))
                    .toArray(Written[]::new)));
        }
        Past past = new Past(new Jars(), LONG);
        for (String id : ids) {
            List<RecordedEvent> events = journal.reader().events(new EntityId("jar", id), 0, Long.MAX_VALUE, 1_000);
            assertThat(events).hasSizeGreaterThan(20);
            for (RecordedEvent last : events) {
                Instant time = last.metadata().time();
                past.isFold(id, new AsOf.Version(last.sequence()), events, each -> each.sequence() <= last.sequence());
                past.isFold(id, new AsOf.Moment(time), events, each -> !each.metadata().time().isAfter(time));
                past.isFold(id, new AsOf.Moment(time.minusNanos(1_000)), events,
                        each -> each.metadata().time().isBefore(time));
            }
            for (long transaction : transactions) {
                past.isFold(id, seen(id, transaction), events, each -> each.position().transactionId() <= transaction);
            }
        }
    }

    private static Record randomEvent(Random random) {
        return random.nextInt(6) == 0 ? new Broken() : new Filled("red", random.nextInt(100));
    }

    @Test void reads_a_long_life_in_pages() throws Exception {
        int events = 1_203;
        journal.write(IntStream.range(0, events)
                .mapToObj(i -> event("jar", "a", new Filled("red", i)))
                .toArray(Written[]::new));
        Past past = new Past(new Jars(), LONG);
        for (long version : new long[]{1, 499, 500, 501, 1_000, 1_203}) {
            PastRow row = past.row("a", new AsOf.Version(version));
            assertThat(content(row)).isEqualTo(new Content(version * (version - 1) / 2, version));
            assertThat(row.version()).isEqualTo(version);
        }
        assertThat(past.row("a", new AsOf.Version(5_000)).version()).isEqualTo(events);
        assertThat(past.row("a", new AsOf.Moment(Instant.MAX)).version()).isEqualTo(events);
    }

    @Test void has_no_row_before_the_first_event_nor_of_what_is_no_entity() throws Exception {
        long transaction = journal.write(event("jar", "a", new Filled("red", 1)));
        Past past = new Past(new Jars(), LONG);
        PastRow none = new PastRow(0, null);
        assertThat(past.row("a", new AsOf.Version(0))).isEqualTo(none);
        assertThat(past.row("a", new AsOf.Moment(Instant.MIN))).isEqualTo(none);
        assertThat(past.row("a", seen("a", transaction - 1))).isEqualTo(none);
        assertThat(past.row("b", new AsOf.Version(1))).isEqualTo(none);
        assertThat(past.row("no id of an entity \0", new AsOf.Version(1))).isEqualTo(none);
    }

    @Test void answers_with_the_token_of_ones_own_write_while_the_horizon_is_held_back() throws Exception {
        try (Connection open = journal.transaction()) {
            journal.insert(open, event("jar", "b", new Filled("red", 1)));
            long own = journal.write(event("jar", "a", new Filled("red", 2)));
            long between = journal.write(event("jar", "c", new Filled("red", 9)));
            long next = journal.write(event("jar", "a", new Filled("red", 3)));
            Past past = new Past(new Jars(), LONG);
            assertThat(content(past.row("a", seen("a", own)))).isEqualTo(new Content(2, 1));
            assertThat(content(past.row("a", seen("a", next)))).isEqualTo(new Content(5, 2));
            assertThat(content(past.row("a", seen("a", between)))).isEqualTo(new Content(2, 1));
        }
    }

    @Test void waits_for_an_event_that_may_still_appear_before_the_token() throws Exception {
        try (Connection open = journal.transaction()) {
            journal.insert(open, event("jar", "b", new Filled("red", 1)));
            long others = journal.write(event("jar", "a", new Filled("red", 2)));
            assertThat(transactionId(open)).isLessThan(others);
            assertThatThrownBy(() -> new Past(new Jars(), Duration.ofMillis(50)).row("b", seen("b", others)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage("journal-behind");
            Past past = new Past(new Jars(), LONG);
            List<CompletableFuture<PastRow>> asked = Stream
                    .generate(() -> later(() -> past.row("b", seen("b", others))))
                    .limit(4)
                    .toList();
            Awaitility.await()
                    .during(Duration.ofMillis(100))
                    .until(() -> asked.stream().noneMatch(CompletableFuture::isDone));
            // They keep nobody from what need not wait.
            assertThat(content(past.row("a", new AsOf.Version(1)))).isEqualTo(new Content(2, 1));
            assertThat(asked).noneMatch(CompletableFuture::isDone);
            open.commit();
            for (CompletableFuture<PastRow> each : asked) {
                assertThat(content(each.get(20, TimeUnit.SECONDS))).isEqualTo(new Content(1, 1));
            }
        }
    }

    @Test void says_at_which_event_a_handler_throws_and_goes_on() throws Exception {
        for (Throwable thrown : List.of(new IllegalStateException("mine"), new AssertionError("mine"),
                new StackOverflowError())) {
            String id = thrown.getClass().getSimpleName();
            for (int i = 0; i < 4; i++) {
                journal.write(event("jar", id, new Filled("red", 1)));
            }
            Past past = new Past(withView(new Watched(recorded -> {
                if (recorded.sequence() % 3 == 0) {
                    PastRowsTest.<RuntimeException>raise(thrown);
                }
            })), LONG);
            for (int i = 0; i < 5; i++) {
                assertThatExceptionOfType(PastRowFailedException.class)
                        .isThrownBy(() -> past.row(id, new AsOf.Version(4)))
                        .withCause(thrown)
                        .satisfies(failed -> {
                            assertThat(failed.sequence()).isEqualTo(3);
                            assertThat(failed.event()).isEqualTo("jar.filled/1");
                        });
            }
            assertThat(content(past.row(id, new AsOf.Version(2)))).isEqualTo(new Content(2, 2));
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) private static <T extends Throwable> void raise(
            Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test void says_at_which_event_nothing_can_read_what_is_stored() throws Exception {
        journal.write(event("jar", "a", new Filled("red", 1)), event("jar", "a", new Filled("red", 1)));
        journal.execute("UPDATE ritsem.event_journal SET event_payload = '[]' WHERE sequence_number = 2");
        Past past = new Past(new Jars(), LONG);
        assertThatExceptionOfType(PastRowFailedException.class).isThrownBy(() -> past.row("a", new AsOf.Version(2)))
                .satisfies(failed -> assertThat(failed.sequence()).isEqualTo(2));
        assertThat(content(past.row("a", new AsOf.Version(1)))).isEqualTo(new Content(1, 1));
    }

    @Test void gives_up_in_time() throws Exception {
        journal.write(event("jar", "a", new Filled("red", 1)));
        assertThatThrownBy(() -> new Past(new Jars(), Duration.ZERO).row("a", new AsOf.Version(1)))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("query-too-slow");
    }

    @Test void folds_only_a_few_at_once() throws Exception {
        journal.write(event("jar", "a", new Filled("red", 1)));
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        Past past = new Past(withView(new Watched(_ -> {
            inside.countDown();
            await(goOn);
        })), Duration.ofMillis(500));
        List<CompletableFuture<PastRow>> folds = Stream.generate(() -> later(() -> past.row("a", new AsOf.Version(1))))
                .limit(2)
                .toList();
        await(inside);
        assertThatThrownBy(() -> past.row("a", new AsOf.Version(1))).isInstanceOf(UnavailableException.class)
                .hasMessage("overloaded");
        goOn.countDown();
        for (CompletableFuture<PastRow> fold : folds) {
            assertThat(content(fold.get(20, TimeUnit.SECONDS))).isEqualTo(new Content(1, 1));
        }
        assertThat(content(past.row("a", new AsOf.Version(1)))).isEqualTo(new Content(1, 1));
    }

    @Test void refuses_what_has_no_one_answer() throws Exception {
        journal.write(event("jar", "a", new Filled("red", 1)));
        Past past = new Past(new Jars(), LONG);
        assertThatExceptionOfType(InvalidQueryException.class)
                .isThrownBy(() -> past.row("colours", "red", new AsOf.Moment(Instant.EPOCH)))
                .satisfies(refused -> assertThat(refused.errors()).singleElement().satisfies(error -> {
                    assertThat(error.parameter()).isEqualTo("at");
                    assertThat(error.message()).contains("one row per entity", "'colours'");
                }));
        ConsistencyToken elsewhere = ConsistencyToken.of(1, (partition("a") + 1) % PARTITIONS, 1);
        assertThatExceptionOfType(InvalidQueryException.class)
                .isThrownBy(() -> past.row("a", new AsOf.Seen(elsewhere)))
                .satisfies(refused -> assertThat(refused.errors()).singleElement()
                        .satisfies(error -> assertThat(error.message()).contains("says nothing about jar 'a'")));
        assertThatThrownBy(() -> past.row("a", new AsOf.Seen(ConsistencyToken.of(2, partition("a"), 1))))
                .isInstanceOf(TokenOfAnotherEpochException.class);
    }

    @Test void is_unavailable_while_the_database_is_away() {
        Past past = new Past(new Jars(), LONG);
        journal.close();
        for (AsOf asOf : List.of(new AsOf.Version(1), new AsOf.Moment(Instant.EPOCH), seen("a", 1))) {
            assertThatThrownBy(() -> past.row("a", asOf)).isInstanceOf(UnavailableException.class)
                    .hasMessage("journal-away");
        }
    }

    /** Lets a test see each event before it is counted. */
    private record Watched(Consumer<Recorded> watch) implements EntityView<Event, Content> {

        @Override public @Nullable Content apply(@Nullable Content row, Event event, Recorded recorded) {
            watch.accept(recorded);
            return new Jars.Contents().apply(row, event, recorded);
        }
    }

    private static Application withView(Watched view) {
        return app -> {
            Jars.entities(app);
            app.view("contents", view).of("jar");
        };
    }

    /** The past of an application's views. */
    private final class Past {

        private final ApplicationModel application;
        private final PastRows rows;
        private final Duration atMost;

        Past(Application defined, Duration atMost) {
            application = ApplicationModel.of(defined);
            rows = new PastRows(application, journal.reader());
            this.atMost = atMost;
        }

        PastRow row(String id, AsOf asOf) {
            return row("contents", id, asOf);
        }

        PastRow row(String view, String key, AsOf asOf) {
            return rows.row(application.views()
                    .stream()
                    .filter(each -> each.name().equals(view))
                    .findFirst()
                    .orElseThrow(), key, asOf, Deadline.in(atMost));
        }

        void isFold(String id, AsOf asOf, List<RecordedEvent> events, Predicate<RecordedEvent> within) {
            List<RecordedEvent> prefix = events.stream().filter(within).toList();
            @Nullable Content expected = null;
            for (RecordedEvent each : prefix) {
                Event event = each.manifest().event().equals("broken")
                        ? new Broken()
                        : JsonType.of(Filled.class).decodeStored(each.data());
                expected = new Jars.Contents().apply(expected, event,
                        new Recorded("jar", id, each.sequence(), each.metadata().time(), null));
            }
            PastRow actual = row(id, asOf);
            assertThat(content(actual)).as("%s %s", id, asOf).isEqualTo(expected);
            assertThat(actual.version()).as("%s %s", id, asOf).isEqualTo(prefix.size());
            @Nullable ViewRow row = actual.row();
            if (row != null) {
                assertThat(row.key()).isEqualTo(id);
                assertThat(row.version()).isEqualTo(prefix.getLast().sequence());
                assertThat(row.updatedAt()).isEqualTo(prefix.getLast().metadata().time());
            }
        }
    }

    private static @Nullable Content content(PastRow past) {
        return past.row() == null ? null : JsonType.of(Content.class).decodeStored(past.row().row());
    }

    private static int partition(String id) {
        return Partition.of("jar|" + id, PARTITIONS);
    }

    private static AsOf seen(String id, long transaction) {
        return new AsOf.Seen(ConsistencyToken.of(1, partition(id), transaction));
    }

    private static CompletableFuture<PastRow> later(Supplier<PastRow> reading) {
        return CompletableFuture.supplyAsync(reading, command -> Thread.ofVirtual().start(command));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}

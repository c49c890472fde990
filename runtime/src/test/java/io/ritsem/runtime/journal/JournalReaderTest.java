package io.ritsem.runtime.journal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

import akka.persistence.PersistentRepr;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static io.ritsem.runtime.journal.TestJournal.event;
import static io.ritsem.runtime.journal.TestJournal.failure;
import static io.ritsem.runtime.journal.TestJournal.insertByHand;
import static io.ritsem.runtime.journal.TestJournal.metadata;
import static io.ritsem.runtime.journal.TestJournal.withKey;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournalReaderTest {

    private final TestJournal journal = TestJournal.onFreshDatabase();
    private final JournalReader reader = journal.reader();
    private JournalLane lane;

    @BeforeEach void openWriter() {
        lane = journal.lane();
    }

    @AfterEach void clear() throws SQLException {
        journal.clear();
    }

    @AfterAll void close() {
        journal.close();
    }

    @Test void an_event_is_read_as_it_was_written_with_all_that_is_recorded_beside_it() {
        EventMetadata everything = new EventMetadata(Instant.parse("2026-11-21T10:11:12.123456Z"), "alice", "order 7",
                UUID.randomUUID(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                new SpentKey("k \"1\" {,}", new byte[]{1, -2, 3}, 1, "{\"ok\":true}".getBytes(UTF_8)));
        PersistentRepr stored = event("till|a", 1, everything);
        store(stored);
        store(event("till|a", 2, new EventMetadata(Instant.EPOCH, null, null, UUID.randomUUID(), null,
                new SpentKey("without a reply", new byte[32], 2, null))));

        List<RecordedEvent> events = reader.events(new EntityId("till", "a"), 0, Long.MAX_VALUE, 10);

        assertThat(events).extracting(RecordedEvent::sequence).containsExactly(1L, 2L);
        RecordedEvent event = events.getFirst();
        EventEnvelope envelope = (EventEnvelope) stored.payload();
        assertThat(event.manifest()).isEqualTo(envelope.manifest());
        assertThat(event.data()).isEqualTo(envelope.data());
        assertThat(event.metadata()).usingRecursiveComparison().isEqualTo(everything);
        assertThat(event.partition()).isEqualTo(Partition.of("till|a", TestJournal.PARTITIONS));
        assertThat(event.position().transactionId()).isEqualTo(envelope.transactionId());
        assertThat(events.get(1).metadata().spentKey().reply()).isNull();
    }

    @Test void the_outcome_of_a_place_is_awaited_and_the_place_left_as_it_was() throws SQLException {
        EntityId entity = new EntityId("till", "a");
        EntityId hanging = new EntityId("till", "b");
        store(event("till|a", 1));

        reader.awaitOutcome(entity, 1);
        reader.awaitOutcome(entity, 2);
        try (Connection other = journal.connect()) {
            other.setAutoCommit(false);
            insertByHand(other, "till|b");
            assertThatThrownBy(() -> reader.awaitOutcome(hanging, 1)).isInstanceOf(JournalUnreadableException.class)
                    .hasMessageContaining("lock timeout");
            other.rollback();
        }
        reader.awaitOutcome(hanging, 1);

        assertThat(journal.count()).isEqualTo(1);
        try (Connection pooled = journal.borrow();
                ResultSet timeout = pooled.createStatement().executeQuery("SHOW lock_timeout")) {
            assertThat(timeout.next()).isTrue();
            assertThat(timeout.getString(1)).isEqualTo("2s");
        }
    }

    @Test void partitions_are_read_each_from_its_own_position_and_up_to_the_limit() {
        for (int sequence = 1; sequence <= 10; sequence++) {
            store(event("till|a", sequence));
            store(event("till|b", sequence));
        }
        int a = Partition.of("till|a", TestJournal.PARTITIONS);
        int b = Partition.of("till|b", TestJournal.PARTITIONS);
        Position fourthOfA = reader.events(new EntityId("till", "a"), 3, 4, 1).getFirst().position();

        JournalReader.Tail tail = reader.readPartitions(Map.of(a, fourthOfA, b, Position.START), 5);

        assertThat(a).isNotEqualTo(b);
        assertThat(sequencesOf("a", tail)).containsExactly(5L, 6L, 7L, 8L, 9L);
        assertThat(sequencesOf("b", tail)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(tail.events()).isSortedAccordingTo(Comparator.comparing(RecordedEvent::position));
        assertThat(tail.last()).isEqualTo(reader.events(new EntityId("till", "b"), 9, 10, 1)
                .getFirst()
                .position()
                .transactionId()).isLessThan(tail.horizon());
        assertThat(reader.readPartitions(Map.of(), 5).events()).isEmpty();
    }

    @Test void one_read_brings_no_more_than_fits_into_memory_and_says_where_it_has_been_cut() {
        int mebibyte = 1 << 20;
        for (int sequence = 1; sequence <= 12; sequence++) {
            store(event("till|a", sequence, mebibyte));
            store(event("till|b", sequence));
        }
        int a = Partition.of("till|a", TestJournal.PARTITIONS);
        int b = Partition.of("till|b", TestJournal.PARTITIONS);

        JournalReader.Tail all = reader.readAll(Position.START, 1000);
        JournalReader.Tail one = reader.readPartitions(Map.of(a, Position.START), 1000);
        JournalReader.Tail both = reader.readPartitions(Map.of(a, Position.START, b, Position.START), 1000);
        JournalReader.Tail rest = reader.readAll(all.events().getLast().position(), 1000);

        assertThat(sequencesOf("a", all)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(sequencesOf("b", all)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(all.cuts()).hasSize(TestJournal.PARTITIONS)
                .containsEntry(a, all.events().getLast().position())
                .containsEntry(b, all.events().getLast().position());
        assertThat(sequencesOf("a", one)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(sequencesOf("a", both)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(sequencesOf("b", both)).hasSize(12);
        assertThat(both.cuts()).containsOnlyKeys(a);
        assertThat(sequencesOf("a", rest)).containsExactly(9L, 10L, 11L, 12L);
        assertThat(sequencesOf("b", rest)).containsExactly(8L, 9L, 10L, 11L, 12L);
        assertThat(rest.cuts()).isEmpty();
    }

    @Test void a_page_of_an_entity_brings_no_more_than_fits_into_memory_and_says_whether_there_may_be_more() {
        for (int sequence = 1; sequence <= 12; sequence++) {
            store(event("till|a", sequence, 1 << 20));
        }
        EntityId till = new EntityId("till", "a");

        assertThat(sequences(reader.page(till, 0, 100, 1000))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(reader.page(till, 0, 100, 1000).more()).isTrue();
        assertThat(sequences(reader.page(till, 8, 100, 1000))).containsExactly(9L, 10L, 11L, 12L);
        assertThat(reader.page(till, 8, 100, 1000).more()).isFalse();
        assertThat(sequences(reader.page(till, 1, 100, 2))).containsExactly(2L, 3L);
        assertThat(reader.page(till, 1, 100, 2).more()).isTrue();
        assertThat(reader.page(till, 12, 100, 1000).events()).isEmpty();
    }

    private static List<Long> sequences(EventPage page) {
        return page.events().stream().map(RecordedEvent::sequence).toList();
    }

    @Test void an_event_that_is_as_large_as_a_partitions_share_is_read_alone() {
        for (int sequence = 1; sequence <= 2; sequence++) {
            store(event("till|a", sequence, 5 << 20));
        }
        Map<Integer, Position> from = new TreeMap<>();
        for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
            from.put(partition, Position.START);
        }

        assertThat(reader.readPartitions(from, 1000).events()).hasSize(1);
    }

    @Test void all_partitions_are_read_as_one_sequence() {
        for (int i = 0; i < 100; i++) {
            store(event("till|" + i, 1), event("till|" + i, 2));
        }
        List<String> read = new ArrayList<>();
        Position after = Position.START;
        for (JournalReader.Tail tail = reader.readAll(after, 7); !tail.events().isEmpty(); tail = reader.readAll(after,
                7)) {
            assertThat(tail.events()).hasSizeLessThanOrEqualTo(7);
            for (RecordedEvent event : tail.events()) {
                assertThat(event.position()).isGreaterThan(after);
                after = event.position();
                read.add(event.entity().id() + '/' + event.sequence());
            }
        }
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            written.addAll(List.of(i + "/1", i + "/2"));
        }
        assertThat(read).isEqualTo(written);
    }

    @Test void events_behind_an_open_transaction_are_held_back_and_then_delivered_in_their_order() throws SQLException {
        store(event("till|before", 1));
        try (Connection open = journal.connect()) {
            open.setAutoCommit(false);
            insertByHand(open, "till|open");
            store(event("till|after", 1));

            JournalReader.Tail held = readEverything(Position.START);
            assertThat(held.events()).extracting(event -> event.entity().id()).containsExactly("before");
            assertThat(held.last()).isGreaterThanOrEqualTo(held.horizon());
            assertThat(reader.readAll(Position.START, 10).events()).hasSize(1);
            assertThat(reader.horizonHolder()).hasValueSatisfying(holder -> {
                assertThat(holder.pid()).isPositive();
                assertThat(holder.age()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
            });

            open.commit();
            JournalReader.Tail rest = readEverything(held.events().getLast().position());
            assertThat(rest.events()).extracting(event -> event.entity().id()).containsExactly("open", "after");
            assertThat(rest.last()).isLessThan(rest.horizon());
        }
    }

    @Test void reading_by_number_alone_would_have_lost_an_event() throws SQLException {
        try (Connection open = journal.connect()) {
            open.setAutoCommit(false);
            insertByHand(open, "till|open");
            store(event("till|after", 1));
            // without the horizon: what is visible now, and the position that a reader would go on from
            long seen = journal.number("SELECT max(ordering) FROM ritsem.event_journal");
            Position position = readEverything(Position.START).events()
                    .stream()
                    .map(RecordedEvent::position)
                    .reduce(Position.START, (_, last) -> last);
            open.commit();

            assertThat(journal.number("SELECT count(*) FROM ritsem.event_journal WHERE ordering > " + seen)).isZero();
            assertThat(journal.count()).isEqualTo(2);
            assertThat(readEverything(position).events()).hasSize(2);
        }
    }

    @Test void the_first_event_for_a_view_is_known_by_entity_type_for_many_partitions_at_once() {
        store(event("till|a", 1));
        store(event("till|a", 2));
        int partition = Partition.of("till|a", TestJournal.PARTITIONS);
        int other = (partition + 1) % TestJournal.PARTITIONS;
        List<RecordedEvent> events = reader.events(new EntityId("till", "a"), 0, 2, 2);
        Position first = events.get(0).position();
        Position second = events.get(1).position();

        assertThat(reader.firstAfter(Map.of(partition, Position.START, other, Position.START), List.of("till")))
                .isEqualTo(Map.of(partition, first.transactionId()));
        assertThat(reader.firstAfter(Map.of(partition, first), List.of("shop", "till")))
                .isEqualTo(Map.of(partition, second.transactionId()));
        assertThat(reader.firstAfter(Map.of(partition, second), List.of("till"))).isEmpty();
        assertThat(reader.firstAfter(Map.of(partition, Position.START), List.of("tills"))).isEmpty();
    }

    @Test void an_entity_knows_its_version_at_a_moment() {
        Instant noon = Instant.parse("2026-11-21T12:00:00Z");
        for (int sequence = 1; sequence <= 3; sequence++) {
            store(event("till|a", sequence, new EventMetadata(noon.plusSeconds(sequence), null, null, UUID.randomUUID(),
                    null, null)));
        }
        EntityId till = new EntityId("till", "a");
        assertThat(reader.versionAt(till, noon)).isZero();
        assertThat(reader.versionAt(till, noon.plusSeconds(2))).isEqualTo(2);
        assertThat(reader.versionAt(till, noon.plusMillis(2_999))).isEqualTo(2);
        assertThat(reader.versionAt(till, Instant.MAX)).isEqualTo(3);
        assertThat(reader.versionAt(till, Instant.MIN)).isZero();
        assertThat(reader.versionAt(new EntityId("till", "unknown"), noon)).isZero();
    }

    @Test void spent_keys_are_found_by_time_and_sequence() {
        Instant start = Instant.now().minusSeconds(1);
        store(event("till|a", 1, withKey("one")));
        store(event("till|a", 2), event("till|a", 3, withKey("three")));
        store(event("till|b", 1, withKey("other")));
        EntityId till = new EntityId("till", "a");

        Map<Long, SpentKey> keys = new TreeMap<>(reader.spentKeys(till, start, 0, 3));
        assertThat(keys).extractingFromEntries(entry -> entry.getKey() + entry.getValue().key())
                .containsExactly("1one", "3three");
        assertThat(reader.spentKeys(till, start, 0, 2)).containsOnlyKeys(1L);
        assertThat(reader.spentKeys(till, start, 1, 3)).containsOnlyKeys(3L);
        assertThat(reader.spentKeys(till, Instant.now().plusSeconds(60), 0, 3)).isEmpty();
    }

    @Test void about_how_many_events_follow_a_position_is_known() {
        assertThat(reader.countAfter(Position.START)).isZero();
        store(event("till|a", 1));
        Position first = reader.events(new EntityId("till", "a"), 0, 1, 1).getFirst().position();
        assertThat(reader.countAfter(first)).isZero();
        store(event("till|b", 1), event("till|b", 2));
        assertThat(reader.countAfter(first)).isEqualTo(2);
    }

    @Test void the_journal_is_readable_as_json_by_people() throws SQLException {
        store(event("till|a", 1, metadata("alice", null)));
        try (Connection connection = journal.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        SELECT event, data->>'amount', caller FROM ritsem.journal WHERE entity = 'till|a'""")) {
            assertThat(row.next()).isTrue();
            assertThat(List.of(row.getString(1), row.getString(2), row.getString(3)))
                    .containsExactly("till.deposited/1", "1.50", "alice");
        }
    }

    @Test void a_journal_that_is_away_is_a_failure_of_its_own_and_reading_goes_on_when_it_is_back()
            throws SQLException {
        store(event("till|a", 1));
        journal.cutOff();
        assertThatThrownBy(() -> readEverything(Position.START)).isInstanceOf(JournalUnreadableException.class);
        journal.letIn();
        await().ignoreException(JournalUnreadableException.class)
                .until(() -> readEverything(Position.START).events().size() == 1);
        // the writer drops the connection that it kept, which no later test should get
        await().until(() -> failure(lane.write(List.of(event("till|a", 2)))) == null);
    }

    private void store(PersistentRepr... events) {
        assertThat(failure(lane.write(List.of(events)))).isNull();
    }

    private JournalReader.Tail readEverything(Position after) {
        Map<Integer, Position> from = new TreeMap<>();
        for (int partition = 0; partition < TestJournal.PARTITIONS; partition++) {
            from.put(partition, after);
        }
        return reader.readPartitions(from, 1000);
    }

    private static List<Long> sequencesOf(String id, JournalReader.Tail tail) {
        return tail.events()
                .stream()
                .filter(event -> Set.of(id).contains(event.entity().id()))
                .map(RecordedEvent::sequence)
                .collect(Collectors.toList());
    }
}

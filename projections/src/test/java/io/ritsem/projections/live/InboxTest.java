package io.ritsem.projections.live;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.live.Inbox.Arrived;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventManifest;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** What waits for a feed that is busy. */
class InboxTest {

    private static final int MANY = 20_000;

    private final Inbox inbox = new Inbox(event -> event.entity().type().equals("jar"), 2);

    @Test void slices_that_meet_become_one_with_the_wanted_events() {
        assertThat(inbox.take()).isNull();
        inbox.offer(slice(1, 2, events(3, "jar", 10)));
        inbox.offer(slice(2, 3, events(5, "order", 10)));
        inbox.offer(slice(3, 4, events(2, "jar", 10)));
        assertThat(arrived(1, 4, false)).hasSize(5);
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test void a_slice_that_is_missing_is_remembered_once() {
        inbox.offer(slice(1, 2, events(1, "jar", 10)));
        inbox.offer(slice(3, 4, events(1, "jar", 10)));
        assertThat(arrived(1, 4, true)).isEmpty();
        inbox.offer(slice(4, 5, events(1, "jar", 10)));
        assertThat(arrived(4, 5, false)).hasSize(1);
        inbox.offer(slice(6, 7, List.of()));
        assertThat(arrived(6, 7, true)).isEmpty();
    }

    @Test void a_slice_of_some_partitions_only_is_none() {
        inbox.offer(new Slice(at(1), at(2), Set.of(1), events(1, "jar", 10)));
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(inbox.take()).isNull();
    }

    @Test void of_more_events_than_may_wait_only_that_there_were_some_is_kept() {
        inbox.offer(slice(1, 2, events(MANY, "jar", 10)));
        assertThat(arrived(1, 2, false)).hasSize(MANY);
        inbox.offer(slice(2, 3, events(MANY, "jar", 10)));
        inbox.offer(slice(3, 4, events(MANY, "order", 10)));
        inbox.offer(slice(4, 5, events(1, "jar", 10)));
        assertThat(arrived(2, 5, true)).isEmpty();
        inbox.offer(slice(5, 6, events(1, "jar", 10)));
        assertThat(arrived(5, 6, false)).hasSize(1);
    }

    @Test void of_more_bytes_than_may_wait_only_that_there_were_some_is_kept() {
        inbox.offer(slice(1, 2, events(16, "jar", 1 << 20)));
        assertThat(arrived(1, 2, false)).hasSize(16);
        inbox.offer(slice(2, 3, events(17, "jar", 1 << 20)));
        assertThat(arrived(2, 3, true)).isEmpty();
        inbox.offer(slice(3, 4, events(16, "jar", 1 << 20)));
        assertThat(arrived(3, 4, false)).hasSize(16);
    }

    private List<RecordedEvent> arrived(long from, long to, boolean broken) {
        Arrived arrived = Objects.requireNonNull(inbox.take());
        assertThat(arrived.from()).isEqualTo(at(from));
        assertThat(arrived.to()).isEqualTo(at(to));
        assertThat(arrived.broken()).isEqualTo(broken);
        return arrived.events();
    }

    private static Slice slice(long from, long to, List<RecordedEvent> events) {
        return new Slice(at(from), at(to), Set.of(0, 1), events);
    }

    private static Position at(long transaction) {
        return new Position(transaction, Long.MAX_VALUE);
    }

    private static List<RecordedEvent> events(int count, String type, int bytes) {
        return Collections.nCopies(count, new RecordedEvent(new EntityId(type, "a"), 1, 0, at(1),
                EventManifest.parse(type + ".filled/1"), new byte[bytes],
                new EventMetadata(Instant.EPOCH, null, null, UUID.randomUUID(), null, null)));
    }
}

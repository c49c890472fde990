package io.ritsem.projections.engine;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.store.StoredRow;
import io.ritsem.runtime.journal.EntityId;
import io.ritsem.runtime.journal.EventManifest;
import io.ritsem.runtime.journal.EventMetadata;
import io.ritsem.runtime.journal.Position;
import io.ritsem.runtime.journal.RecordedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/** Which rows a worker reads, and which it knows. */
class KnownRowsTest {

    private final KnownRows rows = new KnownRows();
    private final List<String> read = new ArrayList<>();

    @Test void what_was_written_is_not_read_again_until_somebody_else_may_have_changed_it() throws SQLException {
        assertThat(find("a", "b")).containsExactlyInAnyOrderEntriesOf(Map.of("a", "stored", "b", "stored"));
        rows.written(List.of(row("a", "1"), row("b", "2")));

        assertThat(find("a", "b")).containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "2"));
        rows.forget();

        assertThat(find("a")).containsEntry("a", "stored");
        assertThat(read).containsExactly("a", "b", "a");
    }

    @Test void a_row_that_was_deleted_is_read_like_one_that_is_not_known() throws SQLException {
        rows.written(List.of(row("a", "1")));
        rows.written(List.of(row("a", null)));

        assertThat(find("a")).containsEntry("a", "stored");
    }

    @Test void there_is_a_bound_and_who_was_not_asked_for_the_longest_goes_first() throws SQLException {
        String large = "x".repeat(KnownRows.MOST_BYTES / 3);
        rows.written(List.of(row("a", large), row("b", large)));
        var _ = find("a");

        rows.written(List.of(row("c", large)));

        var _ = find("a", "b", "c");
        assertThat(read).containsExactly("b");
    }

    private Map<String, String> find(String... keys) throws SQLException {
        Map<String, String> found = new HashMap<>();
        rows.of(List.of(keys), this::read)
                .forEach((key, row) -> found.put(key, new String(row, StandardCharsets.UTF_8)));
        return found;
    }

    private Map<String, byte[]> read(Collection<String> keys) {
        read.addAll(keys);
        Map<String, byte[]> stored = new HashMap<>();
        keys.forEach(key -> stored.put(key, "stored".getBytes(StandardCharsets.UTF_8)));
        return stored;
    }

    private static StoredRow row(String key, String json) {
        RecordedEvent event = new RecordedEvent(new EntityId("till", key), 1, 0, Position.START,
                new EventManifest("till", "deposited", 1), new byte[0],
                new EventMetadata(Instant.EPOCH, null, null, new UUID(0, 0), null, null));
        return new StoredRow(key, json == null ? null : json.getBytes(StandardCharsets.UTF_8), event);
    }
}

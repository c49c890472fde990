package io.ritsem.runtime.journal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** How a row of the journal is read. Stateless. */
final class EventRow {

    /** The columns, of a table or subquery called {@code e}. */
    static final String COLUMNS = """
                                  e.persistence_id, e.sequence_number, e.partition, e.transaction_id::text::bigint, e.ordering,
                                  e.event_ser_manifest, e.event_payload, e.event_time, e.caller, e.correlation, e.causation, e.traceparent,
                                  e.command_key, e.command_fingerprint, e.command_events, e.command_reply""";

    /** What one read brings at most, in bytes of {@link RecordedEvent#bytes}, unless a single event is as large. */
    static final int LARGEST_READ = 8 << 20;

    private EventRow() {}

    /**
     * Of rows, as many as fit into so many bytes, and one at least: a query with the bytes as its last parameter.
     *
     * @param rows a query of rows of the journal, in the order of these columns
     */
    static String within(String rows, String order) {
        String bytes = "(octet_length(e.event_payload) + coalesce(octet_length(e.command_reply), 0))";
        return """
               SELECT * FROM (SELECT e.*, sum(%1$s) OVER (ORDER BY %2$s ROWS UNBOUNDED PRECEDING) - %1$s AS bytes_before
                 FROM (%3$s) e) w WHERE w.bytes_before < ?""".formatted(bytes, order, rows);
    }

    /** Whether there may be more of them: these are as many, or as large, as one read may bring. */
    static boolean isFull(List<RecordedEvent> events, int limit, long bytes) {
        return !events.isEmpty()
                && (events.size() >= limit || events.stream().mapToLong(RecordedEvent::bytes).sum() >= bytes);
    }

    /** @param first the number of the first of these columns */
    static RecordedEvent read(ResultSet row, int first) throws SQLException {
        int at = first;
        EntityId entity = EntityId.ofPersistenceId(row.getString(at++));
        long sequence = row.getLong(at++);
        int partition = row.getInt(at++);
        Position position = new Position(row.getLong(at++), row.getLong(at++));
        EventManifest manifest = EventManifest.parse(row.getString(at++));
        byte[] data = row.getBytes(at++);
        return new RecordedEvent(entity, sequence, partition, position, manifest, data, metadata(row, at));
    }

    private static EventMetadata metadata(ResultSet row, int first) throws SQLException {
        int at = first;
        OffsetDateTime time = row.getObject(at++, OffsetDateTime.class);
        @Nullable String caller = row.getString(at++);
        @Nullable String correlation = row.getString(at++);
        UUID causation = row.getObject(at++, UUID.class);
        @Nullable String traceparent = row.getString(at++);
        @Nullable String key = row.getString(at++);
        @Nullable SpentKey spent = key == null
                ? null
                : new SpentKey(key, row.getBytes(at), row.getInt(at + 1), row.getBytes(at + 2));
        return new EventMetadata(time.toInstant(), caller, correlation, causation, traceparent, spent);
    }
}

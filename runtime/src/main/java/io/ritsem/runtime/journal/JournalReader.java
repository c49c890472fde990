package io.ritsem.runtime.journal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The journal's reading side. Blocking; one connection of the pool for the time of a call. Thread-safe.
 *
 * <p>
 * Everything that a {@link Tail} holds was below the horizon: committed, and nothing can appear before it any more.
 */
public final class JournalReader {

    public JournalReader(DataSource dataSource) {
    }

    /**
     * What a read of the log gives.
     *
     * @param events in order of position (within each partition)
     * @param horizon the first transaction id that may still be running: all positions below it are decided
     * @param last the largest transaction id in the journal of the partitions read, 0 if there is none: if it is not
     *     below the horizon, events wait above it and another look is worth while soon
     */
    public record Tail(List<RecordedEvent> events, long horizon, long last) {
    }

    /** For each partition, the events after a position, in order, at most {@code limit} for each. */
    public Tail readPartitions(Map<Integer, Position> after, int limit) {
        throw new UnsupportedOperationException();
    }

    /** The merge of all partitions after a position, in order, at most {@code limit}. */
    public Tail readAll(Position after, int limit) {
        throw new UnsupportedOperationException();
    }

    /** Whether a partition has an event of one of these entity types after a position and up to a transaction id. */
    public boolean hasEventsBetween(int partition, Position after, long upToTransactionId, List<String> entityTypes) {
        throw new UnsupportedOperationException();
    }

    /** An entity's events with a sequence beyond {@code after} and up to {@code upTo}, in order, at most {@code limit}. */
    public List<RecordedEvent> events(EntityId entity, long after, long upTo, int limit) {
        throw new UnsupportedOperationException();
    }

    /** The sequence of an entity's latest event at a moment (its time not after it), or 0. */
    public long versionAt(EntityId entity, Instant time) {
        throw new UnsupportedOperationException();
    }

    /** The keys that an entity has spent since a moment and up to a sequence, each with its first event's sequence. */
    public Map<Long, SpentKey> spentKeys(EntityId entity, Instant since, long upToSequence) {
        throw new UnsupportedOperationException();
    }

    /** How many events of each manifest follow a position, for progress; an estimate is enough. */
    public long countAfter(Position after, @Nullable List<String> entityTypes) {
        throw new UnsupportedOperationException();
    }
}

package io.ritsem.runtime.journal;

import org.jspecify.annotations.Nullable;

/**
 * An event on its way into the journal or out of it: what an entity persists. Handed over between the entity and the
 * thread of its lane, which sets the transaction id on the very object that the entity persisted, before the entity
 * learns that it is stored; immutable otherwise, and the transaction id is volatile.
 */
public final class EventEnvelope {

    private final EventManifest manifest;
    private final long sequence;
    private final byte[] data;
    private final EventMetadata metadata;
    private final @Nullable Object event;
    private volatile long transactionId;

    private EventEnvelope(EventManifest manifest, long sequence, byte[] data, EventMetadata metadata,
            @Nullable Object event) {
        this.manifest = manifest;
        this.sequence = sequence;
        this.data = data;
        this.metadata = metadata;
        this.event = event;
    }

    /** An event that was just decided. */
    public static EventEnvelope decided(EventManifest manifest, long sequence, byte[] data, EventMetadata metadata,
            Object event) {
        return new EventEnvelope(manifest, sequence, data, metadata, event);
    }

    /** An event as it is read back. */
    static EventEnvelope recovered(RecordedEvent row) {
        EventEnvelope envelope = new EventEnvelope(row.manifest(), row.sequence(), row.data(), row.metadata(), null);
        envelope.storedBy(row.position().transactionId());
        return envelope;
    }

    /** What the data is. */
    public EventManifest manifest() {
        return manifest;
    }

    /** Its place among the entity's events, from 1. */
    public long sequence() {
        return sequence;
    }

    /** Its JSON. */
    public byte[] data() {
        return data;
    }

    /** What is recorded beside it. */
    public EventMetadata metadata() {
        return metadata;
    }

    /** The application's event, if it was just decided; null if it was read back and has to be decoded. */
    public @Nullable Object event() {
        return event;
    }

    /** The transaction that stored it; 0 before. */
    public long transactionId() {
        return transactionId;
    }

    void storedBy(long transaction) {
        transactionId = transaction;
    }
}

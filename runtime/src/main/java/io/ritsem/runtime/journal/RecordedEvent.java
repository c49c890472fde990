package io.ritsem.runtime.journal;

import org.jspecify.annotations.Nullable;

/**
 * One row of the journal as it is read, its data still JSON.
 *
 * @param entity whose event it is
 * @param sequence its place among the entity's events, from 1
 * @param partition the entity's partition
 * @param position its place in the journal
 * @param manifest what the data is, such as {@code account.deposited/1}
 * @param data the event's JSON, UTF-8
 */
public record RecordedEvent(EntityId entity, long sequence, int partition, Position position, EventManifest manifest,
        byte[] data, EventMetadata metadata) {

    /** How large what an application has put into it is: the data, and the reply that is kept beside it. */
    public long bytes() {
        @Nullable SpentKey key = metadata.spentKey();
        byte @Nullable [] reply = key == null ? null : key.reply();
        return data.length + (reply == null ? 0L : reply.length);
    }
}

package io.ritsem.projections.query;

import java.time.Instant;

import io.ritsem.runtime.journal.ConsistencyToken;

/** A place in the past of an entity. */
public sealed interface AsOf {

    /**
     * After one of its events.
     *
     * @param version the event's sequence
     */
    record Version(long version) implements AsOf {}

    /**
     * After all of its events that were recorded by then.
     *
     * @param time inclusively
     */
    record Moment(Instant time) implements AsOf {}

    /**
     * After all of its events that whoever has this token may have seen.
     *
     * @param token must say how far it has seen the entity's partition
     */
    record Seen(ConsistencyToken token) implements AsOf {}

    /** As it is written in a query. */
    default String parameter() {
        return switch (this) {
            case Version _ -> "version";
            case Moment _ -> "at";
            case Seen _ -> "asOf";
        };
    }
}

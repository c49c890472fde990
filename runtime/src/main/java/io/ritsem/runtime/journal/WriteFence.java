package io.ritsem.runtime.journal;

import java.time.Instant;

/**
 * Until when this node may store events. The database itself compares it with its own clock when it stores them, so that a
 * write that was held up, in a process that stood still or on the way, comes to nothing once somebody else may have the
 * node's entities. Thread-safe.
 */
@FunctionalInterface
public interface WriteFence {

    /** For who stores what nobody else can have. */
    WriteFence NONE = () -> Instant.MAX;

    /** By the database's clock; {@link Instant#MAX} for no limit. */
    Instant closesAt();
}

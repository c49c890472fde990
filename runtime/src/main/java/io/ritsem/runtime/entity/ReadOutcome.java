package io.ritsem.runtime.entity;

import io.ritsem.runtime.gateway.EntityState;

/** What became of a question for the state. */
public sealed interface ReadOutcome {

    /** The state, as all that was stored until now makes it. */
    record Found(EntityState state) implements ReadOutcome {}

    /** It is {@code bytes} large at this version; at most {@code limit} can be told. */
    record TooLarge(long version, int bytes, int limit) implements ReadOutcome {}

    /** Could not be served now; {@code reason} as in {@link io.ritsem.runtime.gateway.CommandOutcome.Unavailable}. */
    record Unavailable(String reason) implements ReadOutcome {}

    /** A bug, logged once under this id. */
    record Failed(String traceId) implements ReadOutcome {}
}

package io.ritsem.projections.live;

import org.jspecify.annotations.Nullable;

/** What live readers ask for. Immutable; equal ones are read and decided once for all of their readers. */
public interface LiveQuery {

    /** The key of the only row that can match, or null if others can. */
    @Nullable String onlyKey();
}

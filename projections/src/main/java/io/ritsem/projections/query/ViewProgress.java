package io.ritsem.projections.query;

import java.time.Duration;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.runtime.journal.ConsistencyToken;

/** How far the views have come. Thread-safe; blocking. */
interface ViewProgress {

    /** As {@link ViewReader#await}. */
    boolean await(ViewDefinition<?> view, ConsistencyToken token, Duration atMost);

    /** As {@link ViewReader#freshness}. */
    Freshness freshness(ViewDefinition<?> view);
}

package io.ritsem.projections.engine;

import io.ritsem.projections.store.ViewTable;

/**
 * The generation of a view that answers on this node now. Immutable but for the progress, which is thread-safe.
 *
 * @param revision counts what has changed its rows otherwise than by events
 */
public record ServedGeneration(ViewTable<?> table, ViewProgress progress, long revision) {}

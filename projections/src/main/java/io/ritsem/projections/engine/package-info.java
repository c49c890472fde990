/**
 * Applies events to views: folds a batch in memory, then moves cursor and rows in one transaction. Holds the leases,
 * builds what has changed, knows how far each view has come. Fed by the tail, started by
 * {@link io.ritsem.projections.Projections}; queries ask it for {@link io.ritsem.projections.engine.ViewProgress
 * progress}. The only room that calls an application's views for what is stored ({@code query} folds the past with them);
 * it never sends anything anywhere.
 */
@NullMarked
package io.ritsem.projections.engine;

import org.jspecify.annotations.NullMarked;

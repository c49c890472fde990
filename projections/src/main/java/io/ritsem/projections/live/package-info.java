/**
 * Live views: what changes in a view, told to everyone who reads it live on this node. One feed for each view, awake only
 * while somebody reads, is told by the tail of the journal which rows are touched, waits until the view has passed them
 * and reads them once for all. Fed by {@link io.ritsem.projections.Projections}; the view reader lends it the tables and
 * what a query means. Knows neither SQL nor HTTP, and buffers for nobody who does not keep up.
 */
@NullMarked
package io.ritsem.projections.live;

import org.jspecify.annotations.NullMarked;

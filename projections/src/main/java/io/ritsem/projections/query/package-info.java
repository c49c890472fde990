/**
 * The read side's one door: rows by key, now and in the past, queries, once or live, and waiting until a view has passed a
 * write. Called by the HTTP API, on its threads, and for live reads by the feeds of {@code live}, to which it lends tables
 * and filters; answers on any node, whoever builds the view. What a client says reaches the database only as a typed
 * parameter. Nothing here changes a row.
 */
@NullMarked
package io.ritsem.projections.query;

import org.jspecify.annotations.NullMarked;

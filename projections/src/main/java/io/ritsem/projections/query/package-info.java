/**
 * The read side's one door: rows by key, now and in the past, queries, and waiting until a view has passed a write. Called by the HTTP API,
 * on its threads; answers on any node, whoever builds the view. What a client says reaches the database only as a typed
 * parameter. Nothing here changes a row.
 */
@NullMarked
package io.ritsem.projections.query;

import org.jspecify.annotations.NullMarked;

/**
 * The read side's one door: rows by key, queries, and waiting until a view has passed a write. Called by the HTTP API,
 * on its threads; answers on any node, whoever builds the view. Nothing here changes a row.
 */
@NullMarked
package io.ritsem.projections.query;

import org.jspecify.annotations.NullMarked;

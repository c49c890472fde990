/**
 * What projections keep in PostgreSQL: a table of rows per view and generation, the cursors with their leases, and which
 * generation serves. The engine writes through it, queries read the {@link io.ritsem.projections.store.ViewTable tables}
 * that it describes. All SQL that changes a view is here; nothing of actors, streams or an application's functions may
 * enter.
 */
@NullMarked
package io.ritsem.projections.store;

import org.jspecify.annotations.NullMarked;

/**
 * A real PostgreSQL 18 as a child process, durable as in production. Tests and {@code ./ritsem dev} call it; nothing of Ritsem may enter, and no node of a
 * production image contains it.
 */
@NullMarked
package io.ritsem.postgres;

import org.jspecify.annotations.NullMarked;

/** A real PostgreSQL in the process. */
@NullMarked
package io.ritsem.postgres;

import org.jspecify.annotations.NullMarked;

/**
 * Faults for a real node and a real PostgreSQL, and whether the promises hold. A scenario begins a {@link io.ritsem.chaos
 * run}, lets clients work, has a fault inflicted, and hands what is left to the checker. Run by hand; nothing depends on it.
 */
@NullMarked
package io.ritsem.chaos;

import org.jspecify.annotations.NullMarked;

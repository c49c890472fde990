/**
 * The clients of a run: what they send over HTTP, and the log of what they were told. Scenarios drive it, the checker
 * reads the log; it knows nothing of faults and nothing of the database.
 */
@NullMarked
package io.ritsem.chaos.load;

import org.jspecify.annotations.NullMarked;

package io.ritsem.runtime.journal;

import java.time.Duration;

/**
 * Who holds the horizon back: a transaction that has written to the journal and has not ended.
 *
 * @param pid the session's process id, for {@code pg_terminate_backend}; 0 for a prepared transaction
 * @param name the session's application name, empty if this role may not see it, or the prepared transaction's id
 * @param age how long the transaction has been running; zero if this role may not see it
 */
public record HorizonHolder(int pid, String name, Duration age) {}

package io.ritsem.runtime.journal;

import java.time.Duration;

/**
 * Who holds the horizon back: the oldest writing transaction of the server, of whatever database.
 *
 * @param pid the session's process id, for {@code pg_terminate_backend}; 0 for a prepared transaction
 * @param application the session's application name, or the prepared transaction's id
 * @param database where it writes
 * @param age how long the transaction has been running
 */
public record HorizonHolder(int pid, String application, String database, Duration age) {}

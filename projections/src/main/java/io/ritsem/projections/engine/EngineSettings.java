package io.ritsem.projections.engine;

import java.time.Duration;

/**
 * How views are built: {@code ritsem.projections.engine} of the configuration, whose {@code reference.conf} is the
 * manual.
 *
 * @param batch how many events are read, and written by one transaction, at most when a view catches up
 * @param connections how many connections all views together use at once
 * @param progressEvery how often a cursor that only passes events of others is written
 * @param retryAfter how long a view waits after the database has failed
 */
public record EngineSettings(int batch, int connections, Duration progressEvery, Duration retryAfter) {}

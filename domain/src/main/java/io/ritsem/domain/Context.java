package io.ritsem.domain;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a decision may depend on beyond the state and the command.
 *
 * @param id the entity's id
 * @param version the entity's version: the sequence of its latest event, 0 before the first
 * @param time when the command is decided, UTC, to the microsecond; the recorded time of its events
 * @param caller who sent the command, or null if nobody is known
 * @param trace the W3C {@code traceparent} that the command came with, or null
 */
public record Context(String id, long version, Instant time, @Nullable String caller, @Nullable String trace) {}

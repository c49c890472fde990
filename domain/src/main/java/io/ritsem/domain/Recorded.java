package io.ritsem.domain;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Where, when and by whom an event was recorded.
 *
 * @param type the entity's type
 * @param id the entity's id
 * @param sequence the event's place among its entity's events, from 1, without gaps
 * @param time when it was decided, UTC, to the microsecond
 * @param caller who sent the command, or null if nobody is known
 */
public record Recorded(String type, String id, long sequence, Instant time, @Nullable String caller) {}

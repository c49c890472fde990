package io.ritsem.runtime.gateway;

import org.jspecify.annotations.Nullable;

import io.ritsem.runtime.journal.ConsistencyToken;

/**
 * An entity's state at a version.
 *
 * @param version the sequence of its latest event; 0 if it has none
 * @param state its JSON
 * @param token that event's place in the journal; null if it has none, if the state is a past one, or if a node of an
 *     older release told it
 */
public record EntityState(long version, byte[] state, @Nullable ConsistencyToken token) {}

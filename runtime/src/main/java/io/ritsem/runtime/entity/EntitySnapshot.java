package io.ritsem.runtime.entity;

/**
 * A state as it is kept, so that recovery need not begin at the first event. Immutable.
 *
 * @param type the entity type
 * @param fingerprint of the state's shape: a snapshot of another shape is not read
 * @param state its JSON
 */
public record EntitySnapshot(String type, String fingerprint, byte[] state) {}

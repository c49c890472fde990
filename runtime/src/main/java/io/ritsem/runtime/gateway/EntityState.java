package io.ritsem.runtime.gateway;

/**
 * An entity's state at a version.
 *
 * @param version the sequence of its latest event; 0 if it has none
 * @param state its JSON
 */
public record EntityState(long version, byte[] state) {}

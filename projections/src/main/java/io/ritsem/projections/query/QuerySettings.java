package io.ritsem.projections.query;

/**
 * How views are queried: {@code ritsem.projections.query} of the configuration, whose {@code reference.conf} is the
 * manual.
 *
 * @param connections how many queries run at once
 */
public record QuerySettings(int connections) {}

package io.ritsem.chaos.scenario;

/**
 * One run of a scenario. Immutable.
 *
 * @param seed the same seed gives the same commands and faults
 * @param without the guard that is switched off
 * @param minutes how long one takes that takes as long as it is told
 */
public record Run(String scenario, long seed, Guard without, int minutes) {}

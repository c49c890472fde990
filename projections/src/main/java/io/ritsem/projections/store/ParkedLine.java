package io.ritsem.projections.store;

import java.time.Instant;

/**
 * All dead letters of one key.
 *
 * @param generation the generation of the view that they belong to
 * @param events how many there are
 * @param since when the oldest event was recorded
 * @param first the one that holds up the others
 */
public record ParkedLine(int generation, ParkedKey key, long events, Instant since, DeadLetter first) {}

package io.ritsem.projections.store;

import java.time.Instant;

/**
 * All dead letters of one key.
 *
 * @param generation the generation of the view that they belong to
 * @param events how many there are, counted up to 1,001: that many means 1,001 or more
 * @param since when the oldest of those that were counted was recorded; they are the first in the journal's order
 * @param first the one that holds up the others
 */
public record ParkedLine(int generation, ParkedKey key, long events, Instant since, DeadLetter first) {}

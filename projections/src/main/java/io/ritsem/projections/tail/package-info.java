/**
 * One look at the journal for all views of a node: polls, woken by the nudge or by a waiting reader, what lies between
 * its last place and the horizon, and hands it on. Started by {@link io.ritsem.projections.Projections}; feeds the
 * engine. Knows neither views nor rows, and never falls behind: who cannot follow reads by itself.
 */
@NullMarked
package io.ritsem.projections.tail;

import org.jspecify.annotations.NullMarked;

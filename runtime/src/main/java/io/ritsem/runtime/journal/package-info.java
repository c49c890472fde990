/**
 * The journal: events stored, then acknowledged, then read in commit order. It owns the schema, the lanes and writers,
 * positions, tokens and the nudge that tells the tails of new events. Entities write through it; projections use its
 * reading side. It knows manifests and bytes, never an application's classes.
 */
@NullMarked
package io.ritsem.runtime.journal;

import org.jspecify.annotations.NullMarked;

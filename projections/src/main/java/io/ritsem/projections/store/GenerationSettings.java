package io.ritsem.projections.store;

import java.time.Duration;

/**
 * How generations are built and for how long they are kept: {@code ritsem.projections.generations} of the configuration,
 * whose {@code reference.conf} is the manual.
 *
 * @param rate from how many events a second a changed view is built at most; 0 for no limit
 * @param keepPrevious for how long the generation is kept up to date that served before
 * @param keepUnused for how long a generation is kept that no running version of the application knows
 */
public record GenerationSettings(int rate, Duration keepPrevious, Duration keepUnused) {}

package io.ritsem.projections.tail;

import java.time.Duration;

/**
 * How the tail looks at the journal: {@code ritsem.projections.tail} of the configuration, whose {@code reference.conf}
 * is the manual.
 *
 * @param shortestInterval between two looks when there is a lot to do
 * @param longestInterval between two looks when nothing happens
 * @param batch how many events of each partition one look takes at most
 * @param holdBack by how much delivery is delayed
 */
public record TailSettings(Duration shortestInterval, Duration longestInterval, int batch, Duration holdBack) {}

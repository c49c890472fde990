/**
 * The read side: {@link io.ritsem.projections.Projections} wires the rooms of it, {@code tail} to {@code engine} to
 * {@code store}, beside them {@code query}, and {@code live}, which the tail tells, too. Started and closed by a node.
 * HTTP may not enter, nor anything that sends a command other than through the runtime's gateway.
 */
@NullMarked
package io.ritsem.projections;

import org.jspecify.annotations.NullMarked;

/**
 * What a node knows of the others: whether it may still speak for its entities, and whether another cluster works on the
 * same database. Knows nothing of entities.
 */
@NullMarked
package io.ritsem.runtime.cluster;

import org.jspecify.annotations.NullMarked;

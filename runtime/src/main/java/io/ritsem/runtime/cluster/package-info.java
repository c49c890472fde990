/**
 * What a node knows of the others: whether it may still speak for its entities, and whether another cluster works on the
 * same database; and what of them an operator is told. Knows of entities only how many there are where.
 */
@NullMarked
package io.ritsem.runtime.cluster;

import org.jspecify.annotations.NullMarked;

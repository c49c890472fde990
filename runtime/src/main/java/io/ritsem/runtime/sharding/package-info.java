/**
 * One sharding type for all entity types: a persistence id names the entity, its hash the shard, so that a type which
 * an older node does not know still has a coordinator. Called by the gateway only; holds the wire format of what goes
 * between nodes.
 */
@NullMarked
package io.ritsem.runtime.sharding;

import org.jspecify.annotations.NullMarked;

/**
 * The write side's one door: commands go in, outcomes come out, states are read. Who stands outside (the HTTP API,
 * projections that send commands) sees nothing of actors, shards or SQL. Every call has a deadline, and what waits is
 * bounded.
 */
@NullMarked
package io.ritsem.runtime.gateway;

import org.jspecify.annotations.NullMarked;

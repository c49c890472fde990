/**
 * Given, when, then: what an application's tests say about its entities and views. {@link EntityScenario} for an entity,
 * {@link ViewScenario} for a view with one row per entity, {@link KeyedViewScenario} for a view of any other key; and
 * {@link SchemaLock}, which keeps what was ever stored readable. They run the application's own functions on values, in
 * microseconds, and need no test library: what does not hold is an {@link AssertionError} that says line by line what was
 * expected and what was there. An application's tests may use all of it; production code may not, and nothing may enter
 * that needs a database, a thread or the clock of the machine.
 */
@NullMarked
package io.ritsem.testkit;

import org.jspecify.annotations.NullMarked;

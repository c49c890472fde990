/**
 * What a scenario is: a run of it with a seed, on a node and a database of its own, with a guard switched off perhaps, and
 * the verdict on it. The scenarios themselves are in the packages beside it.
 */
@NullMarked
package io.ritsem.chaos.scenario;

import org.jspecify.annotations.NullMarked;

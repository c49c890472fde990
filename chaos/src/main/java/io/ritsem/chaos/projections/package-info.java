/**
 * What can happen to views whose cursors three nodes share, each of them a cluster of its own.
 */
@NullMarked
package io.ritsem.chaos.projections;

import org.jspecify.annotations.NullMarked;

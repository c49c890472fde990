/**
 * Measures a node, from outside and over HTTP: load generators, the figures they take, and what they are compared with.
 * Run by hand; nothing depends on it.
 */
@NullMarked
package io.ritsem.bench;

import org.jspecify.annotations.NullMarked;

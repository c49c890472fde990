/** Measures a node. */
@NullMarked
package io.ritsem.bench;

import org.jspecify.annotations.NullMarked;

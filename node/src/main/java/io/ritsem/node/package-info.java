/** One process. */
@NullMarked
package io.ritsem.node;

import org.jspecify.annotations.NullMarked;

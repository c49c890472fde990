/** The read side. */
@NullMarked
package io.ritsem.projections;

import org.jspecify.annotations.NullMarked;

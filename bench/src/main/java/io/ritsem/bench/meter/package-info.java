/** An application with a past that is read through upcasters alone. Knows nothing of the measuring. */
@NullMarked
package io.ritsem.bench.meter;

import org.jspecify.annotations.NullMarked;

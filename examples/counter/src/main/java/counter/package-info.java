/**
 * The smallest application that is one: a counter that counts, refuses and is cleared. The guide to a first application
 * quotes it. Pure: nothing may enter but {@code io.ritsem.domain}.
 */
@NullMarked
package counter;

import org.jspecify.annotations.NullMarked;

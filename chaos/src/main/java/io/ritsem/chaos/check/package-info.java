/**
 * What must hold after a run. It reads two things only: the log of what clients were told, and the database. It does not
 * know which fault there was.
 */
@NullMarked
package io.ritsem.chaos.check;

import org.jspecify.annotations.NullMarked;

/**
 * What can happen to a journal: to its database, to the way there, and to the one node that writes it, or the two.
 */
@NullMarked
package io.ritsem.chaos.journal;

import org.jspecify.annotations.NullMarked;

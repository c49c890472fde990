/**
 * What goes wrong with a database or on the way to it, each in a class that inflicts it and mends it. Scenarios decide
 * when; nothing here looks at what comes of it.
 */
@NullMarked
package io.ritsem.chaos.fault;

import org.jspecify.annotations.NullMarked;

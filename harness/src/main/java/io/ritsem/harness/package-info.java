/**
 * What it takes to meet a node from outside: a node as a process, a caller over HTTP, the numbers of a command line, and
 * durations as measured. The measuring and the fault harness use it; nothing of a node may enter.
 */
@NullMarked
package io.ritsem.harness;

import org.jspecify.annotations.NullMarked;

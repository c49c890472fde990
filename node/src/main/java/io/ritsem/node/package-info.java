/**
 * One process: the command line, the configuration, the order in which the rooms start and stop. {@code main} is the only caller from outside, tests aside. No
 * logic may enter: what a node does is in the rooms that are wired here.
 */
@NullMarked
package io.ritsem.node;

import org.jspecify.annotations.NullMarked;

/**
 * Where the nodes and the databases of a cluster stand, each in a network of its own if the machine lets us have them, and
 * how a way between two of them is cut. It knows nothing of what a node does.
 */
@NullMarked
package io.ritsem.chaos.ground;

import org.jspecify.annotations.NullMarked;

/**
 * What can happen to a cluster of three nodes, each at a place of its own, to the ways between them and to the database, while
 * a platform starts nodes anew and clients go where it sends them.
 */
@NullMarked
package io.ritsem.chaos.cluster;

import org.jspecify.annotations.NullMarked;

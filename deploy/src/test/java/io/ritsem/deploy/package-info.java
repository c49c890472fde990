/**
 * Reads the manifests as an API server would, holds them against the rules of the house and against the node's own
 * configuration, and forms a cluster with what they set. Only tests; nobody calls it.
 */
@NullMarked
package io.ritsem.deploy;

import org.jspecify.annotations.NullMarked;

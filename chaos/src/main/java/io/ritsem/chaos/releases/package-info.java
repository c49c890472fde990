/** Two releases of one application, between which a cluster is updated and rolled back. */
@NullMarked
package io.ritsem.chaos.releases;

import org.jspecify.annotations.NullMarked;

/**
 * The application that a node hosts, compiled at start: every entity type with the codecs of its commands, events and
 * state, every view, and the errors of a definition that cannot be served. Immutable from then on; everyone may read it.
 */
@NullMarked
package io.ritsem.runtime.application;

import org.jspecify.annotations.NullMarked;

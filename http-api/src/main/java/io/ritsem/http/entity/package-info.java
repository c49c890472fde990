/**
 * Entities over HTTP: their state now and in the past, and their history, read from the entity itself through the runtime's
 * gateway. Called by the server's routing. Nothing here changes an entity.
 */
@NullMarked
package io.ritsem.http.entity;

import org.jspecify.annotations.NullMarked;

/**
 * What the API is, for programs and people: {@code /openapi.json}, generated from the application's records when the
 * server starts, and {@code /docs}, a page that shows it and lets one try. Called by the server's routing. Everything that
 * another package of this room serves is described here; nothing is served from here but the description.
 */
@NullMarked
package io.ritsem.http.openapi;

import org.jspecify.annotations.NullMarked;

/**
 * The only room that knows HTTP. {@link io.ritsem.http.HttpServer} is its front door, which the node opens and shuts; it
 * names the routes of the packages below. No actor, no SQL and no business rule may enter.
 */
@NullMarked
package io.ritsem.http;

import org.jspecify.annotations.NullMarked;

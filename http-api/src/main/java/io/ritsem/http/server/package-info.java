/**
 * Requests in, answers out: the listener and its guards against slow and large clients, routing, media types, bodies, trace
 * contexts and the writing of problems. The other packages of this room hand it {@link io.ritsem.http.server.Route}s and
 * answer on {@link io.ritsem.http.server.Exchange}s; only the listener knows how Helidon starts. What a route means must
 * not enter.
 */
@NullMarked
package io.ritsem.http.server;

import org.jspecify.annotations.NullMarked;

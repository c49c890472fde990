/**
 * Commands over HTTP, one by one and in bulk: headers and lines become requests to the runtime's gateway, outcomes become
 * answers and problems. Called by the server's routing. A command's body passes through as bytes; what it means is the
 * entity's business.
 */
@NullMarked
package io.ritsem.http.command;

import org.jspecify.annotations.NullMarked;

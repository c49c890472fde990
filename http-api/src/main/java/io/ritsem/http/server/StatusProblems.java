package io.ritsem.http.server;

import io.ritsem.http.problem.Problem;
import io.ritsem.runtime.gateway.UnavailableException;

/** The problems of what fails before or beside a route. Stateless. */
final class StatusProblems {

    /** Somebody has to mend the application first. */
    private static final int MENDED_SECONDS = 60;

    private StatusProblems() {}

    /** What the HTTP engine refuses. */
    static Problem of(int status) {
        return switch (status) {
            case 408 -> Problem.of(status, "request-timeout", "The request did not arrive in time");
            case 413 -> Problem.of(status, "too-large", "The body, or a chunk of it, is too large");
            case 414 -> Problem.of(status, "uri-too-long", "The path and query are too long");
            case 431 -> Problem.of(status, "headers-too-large", "The headers are too large");
            case 404 -> Problem.of(status, "not-found", "There is nothing at this path; see /docs");
            case 501 -> Problem.of(status, "not-implemented", "This transfer encoding is not supported");
            case 503 -> Problem.unavailable("overloaded", "The server has too much to do", 1);
            case 505 -> Problem.of(status, "http-version-not-supported", "Only HTTP/1.1 is supported");
            default -> status >= 500
                    ? Problem.bug(null)
                    : Problem.of(status, "bad-request", "This is not a well-formed HTTP/1.1 request");
        };
    }

    /** A read that could not be served now. */
    static Problem of(UnavailableException unavailable) {
        if (unavailable.reason().equals("view-stopped")) {
            return Problem.stopped("view-stopped",
                    "The view has stopped at a bug before it was built; the node's log names it", MENDED_SECONDS);
        }
        return Problem.unavailable(unavailable.reason(), "It cannot be read now (%s); try again"
                .formatted(unavailable.reason().replace('-', ' ')), 1);
    }
}

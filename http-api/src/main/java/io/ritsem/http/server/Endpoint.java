package io.ritsem.http.server;

/** Answers the requests of a route. Called on the connection's virtual thread, so it may block, with a deadline. */
@FunctionalInterface
public interface Endpoint {

    /**
     * Answers, by one of the {@code send} methods or by a stream.
     *
     * @throws io.ritsem.http.problem.ProblemException to answer with a problem
     * @throws io.ritsem.runtime.gateway.UnavailableException to answer with a 503
     */
    void handle(Exchange exchange);
}

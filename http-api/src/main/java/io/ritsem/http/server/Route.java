package io.ritsem.http.server;

/**
 * What answers to a method and a path.
 *
 * @param method {@code GET} (which answers {@code HEAD}, too) or {@code POST}
 * @param template the path: literal segments and variables, such as {@code /api/views/{view}/{key}}; where two routes match,
 *     the first with the method answers
 */
public record Route(String method, String template, Endpoint endpoint) {

    /** A route that reads. */
    public static Route get(String template, Endpoint endpoint) {
        return new Route("GET", template, endpoint);
    }

    /** A route that writes. */
    public static Route post(String template, Endpoint endpoint) {
        return new Route("POST", template, endpoint);
    }
}

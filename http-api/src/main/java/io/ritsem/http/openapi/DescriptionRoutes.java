package io.ritsem.http.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;

import io.ritsem.http.server.Exchange;
import io.ritsem.http.server.Route;
import io.ritsem.runtime.application.ApplicationModel;

/** Serves the description and the page that shows it. Thread-safe. */
public final class DescriptionRoutes {

    private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
    /** Nothing from elsewhere, nothing inline. */
    private static final String OWN_FILES_ONLY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final byte[] description;

    public DescriptionRoutes(ApplicationModel application) {
        description = ApiDocument.of(application).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The description, and the page with its files. */
    public List<Route> routes() {
        return List.of(Route.get("/openapi.json", exchange -> exchange.sendJson(200, description)),
                Route.get("/docs", file("docs.html", "text/html; charset=utf-8")::send),
                Route.get("/docs/docs.css", file("docs.css", "text/css; charset=utf-8")::send),
                Route.get("/docs/docs.js", file("docs.js", "text/javascript; charset=utf-8")::send));
    }

    private static PageFile file(String name, String mediaType) {
        try (InputStream in = DescriptionRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The jar lacks " + name);
            }
            return new PageFile(mediaType, in.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A file of the page. */
    private record PageFile(String mediaType, byte[] content) {

        void send(Exchange exchange) {
            exchange.set(POLICY, OWN_FILES_ONLY)
                    .set(HeaderNames.create("Referrer-Policy"), "no-referrer")
                    .set(HeaderNames.CACHE_CONTROL, "no-cache")
                    .send(200, mediaType, content);
        }
    }
}

package io.ritsem.http.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;

import io.ritsem.http.problem.Problem;

/** Listens on the port and serves routes, each connection on a virtual thread of its own. Thread-safe. */
public final class Listener {

    private static final Duration LONGEST_IDLE_CHECK = Duration.ofSeconds(5);

    private final WebServer server;
    private final Farewell farewell;

    private Listener(WebServer server, Farewell farewell) {
        this.server = server;
        this.farewell = farewell;
    }

    /**
     * Starts to listen.
     *
     * @throws PortTakenException if another process does already
     */
    public static Listener start(HttpSettings settings, List<Route> routes) {
        Duration idle = settings.connections().idleTimeout();
        ByteBudget budget = new ByteBudget(settings.body().inFlight(), settings.requestTimeout());
        Farewell farewell = new Farewell(settings.connections().drainTimeout());
        WebServer server = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false)
                .protocolsDiscoverServices(false)
                .featuresDiscoverServices(false)
                .addConnectionSelector(new GuardedConnections(settings, budget, farewell))
                .maxTcpConnections(settings.connections().most())
                .idleConnectionTimeout(idle)
                .idleConnectionPeriod(LONGEST_IDLE_CHECK.compareTo(idle) < 0 ? LONGEST_IDLE_CHECK : idle.dividedBy(2))
                .shutdownGracePeriod(settings.connections().stopTimeout())
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .directHandlers(problems())
                .addRouting(
                        HttpRouting.builder().addFilter(new Dispatcher(new Router(routes), settings, budget, farewell)))
                .build();
        refuseTakenPort(settings);
        server.start();
        if (!server.isRunning()) {
            throw new IllegalStateException("The HTTP server did not start; its log says why");
        }
        return new Listener(server, farewell);
    }

    /** Helidon only logs that it cannot bind, and starts without listening. */
    private static void refuseTakenPort(HttpSettings settings) {
        try (ServerSocketChannel probe = ServerSocketChannel.open()) {
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (BindException e) {
            throw new PortTakenException(settings.host(), settings.port(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on %s:%d".formatted(settings.host(), settings.port()), e);
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Lets connections end within the drain time-out, takes no more requests, and waits for those that run within the stop time-out. */
    public void stop() {
        farewell.say();
        var _ = server.stop();
    }

    /** What Helidon refuses by itself are problems, too. */
    private static DirectHandlers problems() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, Listener::problem);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse problem(DirectHandler.TransportRequest request, EventType type,
            Status status, ServerResponseHeaders headers, String message) {
        // what a route throws never comes here, so an "internal error" is what the engine chokes on: a bad method, say
        Status answered = type == EventType.INTERNAL_ERROR ? Status.BAD_REQUEST_400 : status;
        Problem problem = StatusProblems.of(answered.code());
        headers.set(HeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
        headers.set(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
        if (problem.retryAfter() > 0) {
            headers.set(HeaderNames.RETRY_AFTER, Integer.toString(problem.retryAfter()));
        }
        return DirectHandler.TransportResponse.builder()
                .status(answered)
                .headers(headers)
                .keepAlive(false)
                .entity(problem.toJson(TraceContext.of(null).traceId()))
                .build();
    }
}

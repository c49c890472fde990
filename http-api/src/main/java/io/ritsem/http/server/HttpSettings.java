package io.ritsem.http.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

import com.typesafe.config.Config;

import io.ritsem.runtime.gateway.CommandGateway;

/**
 * How HTTP is served: {@code ritsem.http} of the configuration; reference.conf says what each means.
 *
 * @param port 0 takes any that is free
 * @param allowUnauthenticated whether a host beyond loopback may be listened on although nobody is authenticated
 * @param requestTimeout how long a command or read may take
 * @param body the limits of bodies
 * @param connections the limits of connections
 * @param bulkWindow lines of one bulk request that may be in flight
 * @param live the limits of live views
 */
public record HttpSettings(String host, int port, boolean allowUnauthenticated, Duration requestTimeout, Body body,
        Connections connections, int bulkWindow, Live live) {

    private static final String PATH = "ritsem.http";
    private static final int GREATEST_PORT = 65_535;
    private static final int LEAST_HEADER = 1024;

    public HttpSettings {
        check(port >= 0 && port <= GREATEST_PORT, "port", "must be from 0 to " + GREATEST_PORT, port);
        check(!requestTimeout.isNegative() && !requestTimeout.isZero(), "request-timeout", "must be above 0",
                requestTimeout);
        check(bulkWindow >= 1, "bulk-window", "must be at least 1", bulkWindow);
        check(allowUnauthenticated || isLoopback(host), "host",
                "must be a loopback address, since nobody is authenticated "
                        + "yet; to listen beyond all the same, set " + PATH + ".allow-unauthenticated = true",
                host);
        check(connections.idleTimeout().compareTo(requestTimeout) > 0, "idle-timeout",
                "must be above " + PATH + ".request-timeout", connections.idleTimeout());
        check(live.readers() < connections.most(), "live-readers",
                "must be below %s.connections, of which each takes one".formatted(PATH), live.readers());
    }

    /**
     * The limits of bodies.
     *
     * @param limit the most bytes of a command's body, and of a line of a bulk request
     * @param timeout how long a body that is not a bulk request may take to arrive, and a long line of one
     * @param inFlight the most bytes of commands that the node holds at once
     */
    public record Body(int limit, Duration timeout, int inFlight) {

        private static final int LEAST_BODIES = 4;
        private static final int HEAP_SHARE = 16;

        public Body {
            check(limit >= 1 && limit <= CommandGateway.LARGEST_MESSAGE, "body-limit",
                    "must be from 1 to %d bytes, which is what passes between nodes"
                            .formatted(CommandGateway.LARGEST_MESSAGE),
                    limit);
            check(inFlight / LEAST_BODIES >= limit, "bytes-in-flight",
                    "must be at least %d times %s.body-limit".formatted(LEAST_BODIES, PATH), inFlight);
            check(!timeout.isNegative() && !timeout.isZero(), "body-timeout", "must be above 0", timeout);
        }
    }

    /**
     * The limits of connections.
     *
     * @param most how many there are at a time; more wait to be accepted
     * @param headerLimit the most bytes of a request's headers, and of its first line
     * @param idleTimeout without a request, or a byte of a stream, for so long, it is closed
     * @param drainTimeout how long it is still served when the server stops
     * @param stopTimeout how long requests may still run then
     */
    public record Connections(int most, int headerLimit, Duration idleTimeout, Duration drainTimeout,
            Duration stopTimeout) {

        public Connections {
            check(most >= 1, "connections", "must be at least 1", most);
            check(headerLimit >= LEAST_HEADER, "header-limit", "must be at least " + LEAST_HEADER, headerLimit);
            check(!idleTimeout.isNegative() && !idleTimeout.isZero(), "idle-timeout", "must be above 0", idleTimeout);
            check(!drainTimeout.isNegative(), "drain-timeout", "must be at least 0", drainTimeout);
            check(!stopTimeout.isNegative(), "stop-timeout", "must be at least 0", stopTimeout);
        }
    }

    /**
     * The limits of live views.
     *
     * @param readers how many read live at a time, of the connections that there are
     * @param heartbeat after how long without a change they hear that nothing has changed
     */
    public record Live(int readers, Duration heartbeat) {

        public Live {
            check(readers >= 0, "live-readers", "must be at least 0", readers);
            check(heartbeat.isPositive(), "live-heartbeat", "must be above 0", heartbeat);
        }
    }

    /**
     * Reads {@code ritsem.http}.
     *
     * @throws IllegalArgumentException if a value cannot be; it says which and what would be right
     */
    public static HttpSettings from(Config root) {
        Config http = root.getConfig(PATH);
        return new HttpSettings(http.getString("host"), http.getInt("port"), http.getBoolean("allow-unauthenticated"),
                http.getDuration("request-timeout"),
                new Body(Math.toIntExact(http.getBytes("body-limit")), http.getDuration("body-timeout"),
                        bytesInFlight(http.getBytes("bytes-in-flight"))),
                new Connections(http.getInt("connections"), Math.toIntExact(http.getBytes("header-limit")),
                        http.getDuration("idle-timeout"), http.getDuration("drain-timeout"),
                        http.getDuration("stop-timeout")),
                http.getInt("bulk-window"),
                new Live(liveReaders(http.getInt("live-readers"), http.getInt("connections")),
                        http.getDuration("live-heartbeat")));
    }

    /** 0 is a share of the heap. */
    private static int bytesInFlight(long configured) {
        return Math.clamp(configured == 0 ? Runtime.getRuntime().maxMemory() / Body.HEAP_SHARE : configured, 0,
                Integer.MAX_VALUE);
    }

    /** 0 is half of the connections. */
    private static int liveReaders(int configured, int connections) {
        return configured == 0 ? connections / 2 : configured;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(PATH + ".host is not a host that can be found: " + host, unknown);
        }
    }

    private static void check(boolean holds, String key, String what, Object actual) {
        if (!holds) {
            throw new IllegalArgumentException("%s.%s %s, but is %s".formatted(PATH, key, what, actual));
        }
    }
}

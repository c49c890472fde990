package io.ritsem.http.server;

import org.jspecify.annotations.Nullable;

/** Another process listens on the port already. */
public final class PortTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int port;

    PortTakenException(String host, int port, @Nullable Throwable cause) {
        super("Port %d of %s is taken by another process: stop that, or set ritsem.http.port (RITSEM_HTTP_PORT)"
                .formatted(port, host), cause);
        this.port = port;
    }

    /** Which one. */
    public int port() {
        return port;
    }
}

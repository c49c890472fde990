package io.ritsem.http.server;

import java.util.Set;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;

/** HTTP/1.1, each connection under guard. Thread-safe. */
final class GuardedConnections implements ServerConnectionSelector {

    /** Clients cut a body into chunks as they like; beyond this it is no chunk but a flood. */
    private static final int LARGEST_CHUNK = 1 << 20;

    private final ServerConnectionSelector http1;
    private final HttpSettings settings;
    private final ByteBudget budget;
    private final Farewell farewell;

    GuardedConnections(HttpSettings settings, ByteBudget budget, Farewell farewell) {
        this.settings = settings;
        this.budget = budget;
        this.farewell = farewell;
        Http1Config config = Http1Config.builder()
                .maxPrologueLength(settings.connections().headerLimit())
                .maxHeadersSize(settings.connections().headerLimit())
                .validatePath(false)
                .sendKeepAliveHeader(false)
                .build();
        this.http1 = Http1ConnectionSelector.builder().config(config).build();
    }

    @Override public ServerConnection connection(ConnectionContext socket) {
        int headers = settings.connections().headerLimit();
        return new GuardedConnection(socket, http1, settings.connections().idleTimeout(), farewell,
                new GuardedConnection.Unused(budget.share(), headers,
                        Math.max(LARGEST_CHUNK, settings.body().limit() + headers)));
    }

    @Override public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }
}

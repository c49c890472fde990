package io.ritsem.http.server;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import org.jspecify.annotations.Nullable;

/**
 * Guards the server against one connection, which Helidon itself does not: what is read and not yet used is bounded (a
 * chunk of a body may say that it has 2 GB), and whoever stalls in the middle of a request or an answer is cut off after
 * the idle time-out, not only who is silent between requests. Run by its connection's thread; {@code idleTime} and
 * {@code close} are called by others.
 */
final class GuardedConnection implements ServerConnection, ConnectionContext {

    private static final ScopedValue<GuardedConnection> CURRENT = ScopedValue.newInstance();

    private final ConnectionContext socket;
    private final ServerConnection http;
    private final Duration idleTimeout;
    private final int mostUnused;
    private final DataReader reader;
    private final DataWriter writer;
    private volatile boolean streaming;
    private volatile long lastByte = System.nanoTime();

    /** @param mostUnused how many bytes may be read and not yet used */
    GuardedConnection(ConnectionContext socket, ServerConnectionSelector protocol, Duration idleTimeout,
            int mostUnused) {
        this.socket = socket;
        this.idleTimeout = idleTimeout;
        this.mostUnused = mostUnused;
        this.reader = DataReader.create(this::receive);
        this.writer = new MarkingWriter(socket.dataWriter());
        this.http = protocol.connection(this);
    }

    /** That of the present thread. */
    static GuardedConnection current() {
        return CURRENT.get();
    }

    /** The present request lasts as long as bytes come or go. */
    void startStreaming() {
        lastByte = System.nanoTime();
        streaming = true;
    }

    void endOfRequest() {
        if (streaming) {
            streaming = false;
        }
    }

    private byte @Nullable [] receive() {
        if (reader.available() > mostUnused) {
            throw RequestException.builder()
                    .type(EventType.BAD_REQUEST)
                    .status(Status.REQUEST_ENTITY_TOO_LARGE_413)
                    .setKeepAlive(false)
                    .message("Too much at once")
                    .build();
        }
        try {
            byte @Nullable [] bytes = socket.serverSocket().get();
            lastByte = System.nanoTime();
            return bytes;
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("The connection is lost", e);
        }
    }

    @Override public void handle(Limit limit) throws InterruptedException {
        ScopedValue.where(CURRENT, this).<@Nullable Void, InterruptedException>call(() -> {
            http.handle(limit);
            return null;
        });
    }

    @Override public Duration idleTime() {
        return streaming ? Duration.ofNanos(System.nanoTime() - lastByte) : http.idleTime();
    }

    @Override public void close(boolean interrupt) {
        http.close(interrupt || idleTime().compareTo(idleTimeout) > 0);
    }

    @Override public DataReader dataReader() {
        return reader;
    }

    @Override public DataWriter dataWriter() {
        return writer;
    }

    @Override public ListenerContext listenerContext() {
        return socket.listenerContext();
    }

    @Override public ExecutorService executor() {
        return socket.executor();
    }

    @Override public Router router() {
        return socket.router();
    }

    @Override public Optional<ProxyProtocolData> proxyProtocolData() {
        return socket.proxyProtocolData();
    }

    @Override public HelidonSocket serverSocket() {
        return socket.serverSocket();
    }

    @Override public PeerInfo remotePeer() {
        return socket.remotePeer();
    }

    @Override public PeerInfo localPeer() {
        return socket.localPeer();
    }

    @Override public boolean isSecure() {
        return socket.isSecure();
    }

    @Override public String socketId() {
        return socket.socketId();
    }

    @Override public String childSocketId() {
        return socket.childSocketId();
    }

    /** Notes when bytes go out. */
    private final class MarkingWriter implements DataWriter {

        private final DataWriter out;

        MarkingWriter(DataWriter out) {
            this.out = out;
        }

        @Override public void write(BufferData... buffers) {
            out.write(buffers);
            lastByte = System.nanoTime();
        }

        @Override public void write(BufferData buffer) {
            out.write(buffer);
            lastByte = System.nanoTime();
        }

        @Override public void writeNow(BufferData... buffers) {
            out.writeNow(buffers);
            lastByte = System.nanoTime();
        }

        @Override public void writeNow(BufferData buffer) {
            out.writeNow(buffer);
            lastByte = System.nanoTime();
        }

        @Override public void flush() {
            out.flush();
        }

        @Override public void close() {
            out.close();
        }
    }
}
